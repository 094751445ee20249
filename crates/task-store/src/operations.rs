//! What an operator looks at: gauges, dead letters, retention.

use chrono::{DateTime, Utc};

/// Figures that live in tables, for `/metrics`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    pub outbox_pending: u64,
    pub outbox_oldest_age_ms: u64,
    /// Counts (event, topic) pairs.
    pub published_total: u64,
    /// Batches in a row that the sidecar did not take.
    pub publish_failures: u32,
    /// How long everybody still keeps away from it.
    pub publish_pause_ms: u64,
    /// Parked events that nobody replayed since.
    pub parked: u64,
    /// Undeliverable messages that nobody replayed since.
    pub dead_letters: u64,
    pub users: u64,
    pub tasks: u64,
    pub reminders_pending: u64,
    /// Pending, although their instant has passed.
    pub reminders_overdue: u64,
    pub deliveries_pending: u64,
    /// Given up on, and still kept.
    pub deliveries_failed: u64,
}

/// Why a message is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadLetterKind {
    /// Delivered and given up on: it came through a dead-letter topic.
    Undeliverable,
    /// Never published: the broker kept refusing it.
    Parked,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    pub id: i64,
    pub kind: DeadLetterKind,
    /// The topic the message was meant for; of a parked event, the topics it has still to reach.
    pub topic: String,
    pub event_id: String,
    pub event_type: String,
    pub reason: String,
    /// The message as it came.
    pub body: String,
    pub received_at: DateTime<Utc>,
    pub replayed_at: Option<DateTime<Utc>>,
}

/// How long what is done with is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Published events (the change feed) and inbox keys.
    pub events_before: DateTime<Utc>,
    /// Answers, the outcomes of changes, and throttle buckets that are full again.
    pub idempotency_before: DateTime<Utc>,
    /// What people and operators look back at: finished deliveries, imports, replayed letters.
    pub history_before: DateTime<Utc>,
    /// Rows of each kind removed by one sweep, so that a sweep never holds the lock for long.
    pub batch: u32,
}
