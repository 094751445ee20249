//! One write: what it does, and on which condition. Pure.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use dapr_protocol::state::{Concurrency, StateItem, TTL_IN_SECONDS};

use crate::identity::random_uuid;

/// What is kept under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// JSON text.
    pub(super) value: String,
    pub(super) etag: String,
    /// Whole seconds, as the tables of Dapr's own component keep it.
    pub(super) expires_at_s: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) key: String,
    pub(super) condition: Condition,
    pub(super) effect: Effect,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Put(Entry),
    Remove,
}

/// What has to be the case for a change to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    None,
    /// There is no value yet.
    Absent,
    /// The value is the one with this etag.
    Version(String),
}

/// How far changes that are made in one call depend on each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Together {
    /// Each for itself: one that does not apply leaves the others alone.
    Each,
    /// All or none.
    AllOrNone,
}

/// What came of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applied {
    Done,
    /// The condition did not hold.
    Mismatch,
}

impl Entry {
    pub(super) fn is_expired(&self, now: DateTime<Utc>) -> bool {
        self.expires_at_s.is_some_and(|at| at <= now.timestamp())
    }

    pub(super) fn data(&self) -> Bytes {
        Bytes::from(self.value.clone())
    }
}

impl Condition {
    /// A condition on a write. An empty etag is none.
    pub(super) fn of_put(etag: Option<&str>, concurrency: Concurrency) -> Self {
        match (etag.filter(|etag| !etag.is_empty()), concurrency) {
            (Some(etag), _) => Self::Version(etag.to_owned()),
            (None, Concurrency::FirstWrite) => Self::Absent,
            (None, Concurrency::LastWrite) => Self::None,
        }
    }

    pub(super) fn holds(&self, current: Option<&str>) -> bool {
        match self {
            Self::None => true,
            Self::Absent => current.is_none(),
            Self::Version(etag) => current == Some(etag),
        }
    }
}

impl Change {
    /// The change that writes an item under its full key; the error is the store's.
    pub(super) fn put(key: String, item: &StateItem, now: DateTime<Utc>) -> Result<Self, String> {
        let concurrency = item.options.concurrency().map_err(|error| error.to_string())?;
        let condition = Condition::of_put(item.etag.as_deref(), concurrency);
        let entry = Entry {
            value: item.value.to_string(),
            etag: random_uuid(),
            expires_at_s: expiry(item.metadata.get(TTL_IN_SECONDS), now)?,
        };
        Ok(Self { key, condition, effect: Effect::Put(entry) })
    }
}

/// Zero and less are no end.
fn expiry(ttl: Option<&str>, now: DateTime<Utc>) -> Result<Option<i64>, String> {
    let Some(ttl) = ttl.filter(|ttl| !ttl.is_empty()) else { return Ok(None) };
    let incorrect = || format!("incorrect value for metadata '{TTL_IN_SECONDS}': {ttl:?}");
    let seconds: i64 = ttl.parse().map_err(|_| incorrect())?;
    if seconds <= 0 {
        return Ok(None);
    }
    let ends = TimeDelta::try_seconds(seconds).and_then(|ttl| now.checked_add_signed(ttl));
    ends.map(|at| Some(at.timestamp())).ok_or_else(incorrect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_looks_at_the_version_that_is_there() {
        let first = |etag| Condition::of_put(etag, Concurrency::FirstWrite);
        let last = |etag| Condition::of_put(etag, Concurrency::LastWrite);
        assert!(first(None).holds(None) && !first(None).holds(Some("a")));
        assert!(last(None).holds(None) && last(None).holds(Some("a")));
        assert!(last(Some("")).holds(Some("a")), "an empty etag is none");
        for condition in [first(Some("a")), last(Some("a"))] {
            assert!(condition.holds(Some("a")));
            assert!(!condition.holds(Some("b")) && !condition.holds(None));
        }
    }

    #[test]
    fn an_end_is_counted_from_now_and_nonsense_is_refused() {
        let now = DateTime::from_timestamp(1_000, 0).unwrap();
        assert_eq!(expiry(None, now), Ok(None));
        assert_eq!(expiry(Some("0"), now), Ok(None));
        assert_eq!(expiry(Some("-1"), now), Ok(None));
        assert_eq!(expiry(Some("60"), now), Ok(Some(1_060)));
        assert!(expiry(Some("soon"), now).is_err());
        assert!(expiry(Some("9223372036854775807"), now).is_err());
    }
}
