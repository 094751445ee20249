//! Tells the failures of SQLite apart, of which some hosts hand on nothing but the text.

use crate::db::DbError;

/// How SQLite begins to say that it could not do its work now, as opposed to never.
const UNAVAILABLE: &[&str] = &[
    "database is locked",
    "database table is locked",
    "database schema is locked",
    "database or disk is full",
    "disk I/O error",
    "unable to open database file",
];

/// How SQLite says that a statement names what an older schema lacks.
const SCHEMA_LACKS: &[&str] = &["no such ", "has no column named"];

pub(crate) fn classify(error: DbError) -> DbError {
    match error {
        DbError::Refused(text) if UNAVAILABLE.iter().any(|it| text.contains(it)) => {
            DbError::Unavailable(text)
        }
        error => error,
    }
}

pub(crate) fn names_what_is_lacking(error: &DbError) -> bool {
    let text = error.to_string();
    SCHEMA_LACKS.iter().any(|it| text.contains(it))
}
