//! Accounts as they are stored.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use task_domain::UserId;

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
    pub created_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateOutcome {
    Created,
    EmailTaken,
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
