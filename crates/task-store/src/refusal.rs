//! The words with which the schema's triggers refuse a statement, found in an engine's error.

use crate::db::DbError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Gone,
    AlreadyConsumed,
    AlreadyAnswered,
    RateLimited,
    Conflict,
    LeaseLost,
}

/// Stands before every word, so that no engine's own text is taken for one.
const PREFIX: &str = "refused: ";

impl Refusal {
    /// Hosts wrap an engine's text as they please, so the word is looked for anywhere in it.
    pub(crate) fn of(error: &DbError) -> Option<Self> {
        let DbError::Refused(text) = error else { return None };
        let (_, rest) = text.split_once(PREFIX)?;
        let end = rest.find(|it: char| it != '_' && !it.is_ascii_lowercase()).unwrap_or(rest.len());
        match &rest[..end] {
            "gone" => Some(Refusal::Gone),
            "already_consumed" => Some(Refusal::AlreadyConsumed),
            "already_answered" => Some(Refusal::AlreadyAnswered),
            "rate_limited" => Some(Refusal::RateLimited),
            "conflict" => Some(Refusal::Conflict),
            "lease_lost" => Some(Refusal::LeaseLost),
            _ => None,
        }
    }
}
