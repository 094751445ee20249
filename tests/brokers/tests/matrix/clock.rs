//! The clock by which a person sees a reminder ring.

use chrono::{DateTime, Utc};

#[expect(clippy::disallowed_methods, reason = "the app under test lives in real time")]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}
