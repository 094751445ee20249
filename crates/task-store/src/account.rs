//! Accounts as they are stored.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use task_domain::{QuietHours, UserId};

#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    pub id: UserId,
    /// Lower-cased; unique among live accounts.
    pub email: String,
    pub name: String,
    pub timezone: Tz,
    /// PHC string; `None` for an account that signs in elsewhere.
    pub password_hash: Option<String>,
    /// Raised to invalidate every token given before.
    pub token_epoch: u32,
    /// Who this is to the issuer of a token that is not ours; unique.
    pub external_sub: Option<String>,
    pub quiet_hours: Option<QuietHours>,
    pub created_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateOutcome {
    Created,
    EmailTaken,
    SubjectTaken,
}

/// What is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProfileChange {
    pub name: Option<String>,
    pub timezone: Option<Tz>,
    /// Lower-cased, as in [`Account`].
    pub email: Option<String>,
    /// `Some(None)` takes them away.
    pub quiet_hours: Option<Option<QuietHours>>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum ProfileOutcome {
    Changed(Account),
    EmailTaken,
    /// No live user row, or a token of an earlier epoch.
    Gone,
}

/// A token bucket that stands before the password hash, named by what it protects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// For example `email:a@b.c` or `client:203.0.113.9`.
    pub bucket: String,
    pub capacity: u32,
    /// Time in which one token comes back.
    pub refill_ms: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThrottleOutcome {
    Admitted,
    Limited { retry_after_ms: u64 },
}
