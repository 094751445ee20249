//! The outbox as the relay sees it: a lease, batches, marks.

use chrono::{DateTime, Utc};
use task_domain::{TaskNumber, UserId};
use uuid::Uuid;

use crate::change_set::Topics;

/// An unpublished event with everything its commit assigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxEvent {
    pub position: i64,
    pub user: UserId,
    pub id: Uuid,
    /// 0 for an event about the account itself.
    pub number: TaskNumber,
    /// 0 for an event outside the change feed.
    pub seq: u64,
    pub pending: Topics,
    /// Refusals so far.
    pub attempts: u32,
    pub body: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseState {
    /// Nobody relays and something is waiting. When `failures` is not 0, the last batches failed,
    /// and a pause after them has just ended.
    Free { failures: u32 },
    /// Nothing is pending but what is held back.
    Idle,
    /// Another instance relays; it looks once more after it let go.
    Held,
    /// Publishing failed a moment ago.
    BackingOff { until: DateTime<Utc> },
}

/// What a holder of the lease leaves behind that could not publish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Batches that failed in a row.
    pub failures: u32,
    /// Nobody gets the lease before.
    pub until: DateTime<Utc>,
}

/// What the broker said of one event of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub position: i64,
    pub published: Topics,
    pub refusal: Option<Refusal>,
}

/// Holds back what this user still has to tell until `retry_at`; `park` takes the event out of the
/// outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: String,
    pub retry_at: DateTime<Utc>,
    pub park: bool,
}

/// The lease was lost to another instance: stop at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseLost;
