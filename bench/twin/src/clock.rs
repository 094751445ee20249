//! The twin's clock, and the ids that are made from it.
#![expect(clippy::disallowed_methods, reason = "a service of its own reads its own clock")]

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

pub(crate) fn mint() -> Uuid {
    Uuid::now_v7()
}
