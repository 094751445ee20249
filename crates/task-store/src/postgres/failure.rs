//! Tells the failures of PostgreSQL apart by their SQLSTATE, with which every refusal begins.

use crate::db::DbError;

/// What a failure leaves to be done.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Undone, because another statement came first: run again, it may succeed.
    LostAgainstOthers(String),
    /// The statement names a table, a function or a column that an older schema lacks.
    SchemaLacks(String),
    /// Not done: nothing could be done at this moment.
    Unavailable(String),
    /// Nobody knows whether it was done.
    Unanswered(String),
    Refused(String),
}

/// serialization_failure, deadlock_detected.
const LOST_AGAINST_OTHERS: &[&str] = &["40001", "40P01"];

/// undefined_table, undefined_function, undefined_column, invalid_schema_name.
const SCHEMA_LACKS: &[&str] = &["42P01", "42883", "42703", "3F000"];

/// lock_not_available, query_canceled (by a timeout), cannot_connect_now, and all that the server
/// is short of (class 53): connections, memory, room on the disk.
const UNAVAILABLE: &[&str] = &["55P03", "57014", "57P03", "53"];

/// admin_shutdown, crash_shutdown: the connection ends in whatever it was doing, and that may have
/// been to tell of a commit. So do the failures of a connection as such (class 08).
const UNANSWERED: &[&str] = &["57P01", "57P02", "08"];

/// insufficient_privilege.
const NOT_ALLOWED: &str = "42501";

pub(crate) fn of(error: DbError) -> Failure {
    let text = match error {
        DbError::Unavailable(text) => return Failure::Unavailable(text),
        DbError::Unanswered(text) => return Failure::Unanswered(text),
        DbError::Refused(text) => text,
    };
    let is_one_of = |states: &[&str]| states.iter().any(|state| text.starts_with(state));
    if is_one_of(LOST_AGAINST_OTHERS) {
        Failure::LostAgainstOthers(text)
    } else if is_one_of(SCHEMA_LACKS) {
        Failure::SchemaLacks(text)
    } else if is_one_of(UNAVAILABLE) {
        Failure::Unavailable(text)
    } else if is_one_of(UNANSWERED) {
        Failure::Unanswered(text)
    } else {
        Failure::Refused(text)
    }
}

pub(crate) fn is_not_allowed(error: &DbError) -> bool {
    matches!(error, DbError::Refused(text) if text.starts_with(NOT_ALLOWED))
}

impl From<Failure> for DbError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::LostAgainstOthers(text) | Failure::Unavailable(text) => {
                DbError::Unavailable(text)
            }
            Failure::Unanswered(text) => DbError::Unanswered(text),
            Failure::SchemaLacks(text) | Failure::Refused(text) => DbError::Refused(text),
        }
    }
}
