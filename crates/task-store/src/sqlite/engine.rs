//! Runs statements on a database that nobody prepared: the schema is looked at when a statement
//! fails, because there is no start-up at which to do it and no state in which to remember it.

use crate::db::{Db, DbError, Rows, Value};
use crate::refusal::Refusal;
use crate::sqlite::migrations::{self, Migration};

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

pub(super) struct Engine<D> {
    db: D,
}

impl<D: Db> Engine<D> {
    pub(super) fn new(db: D) -> Self {
        Engine { db }
    }

    pub(super) fn db(&self) -> &D {
        &self.db
    }

    pub(super) async fn migrate(&self) -> Result<(), DbError> {
        migrations::migrate(&self.db).await.map(drop).map_err(classify)
    }

    pub(super) async fn run(&self, statement: &str, params: &[Value]) -> Result<Rows, DbError> {
        let failure = match self.db.run(statement, params).await.map_err(classify) {
            Err(error @ DbError::Refused(_)) if Refusal::of(&error).is_none() => error,
            outcome => return outcome,
        };
        match migrations::migrate(&self.db).await.map_err(classify)? {
            Migration::Done => {}
            // Another connection may have migrated between the failure and the look.
            Migration::NotNeeded if names_what_is_lacking(&failure) => {}
            Migration::NotNeeded => return Err(failure),
        }
        self.db.run(statement, params).await.map_err(classify)
    }
}

/// Some hosts hand on every failure as text alone.
fn classify(error: DbError) -> DbError {
    match error {
        DbError::Refused(text) if UNAVAILABLE.iter().any(|it| text.contains(it)) => {
            DbError::Unavailable(text)
        }
        error => error,
    }
}

fn names_what_is_lacking(error: &DbError) -> bool {
    let text = error.to_string();
    SCHEMA_LACKS.iter().any(|it| text.contains(it))
}
