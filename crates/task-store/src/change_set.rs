//! A unit of work as a value: everything that must happen together, and what came of it.

use std::fmt;

use chrono::{DateTime, Utc};
use task_domain::{Ordinal, SeriesId, Task, TaskNumber, UserId, Version};
use uuid::Uuid;

use crate::caller::Caller;
use crate::delivery::DeliveryDraft;
use crate::import::ImportChunk;
use crate::reminder::ReminderKey;

/// Rows, events, inbox key and idempotency record of one decision. It commits whole or not at all.
///
/// Repeating a `ChangeSet` whose answer was lost gives the first outcome: `change_id` is its
/// identity.
#[derive(Clone, Debug)]
pub struct ChangeSet {
    pub change_id: Uuid,
    pub user: UserId,
    /// The epoch of the token that asked for this; `None` where none did.
    pub token_epoch: Option<u32>,
    /// The instant of the decision; it refills the rate bucket and stamps the rows.
    pub at: DateTime<Utc>,
    pub inserts: Vec<Task>,
    pub updates: Vec<TaskUpdate>,
    pub deletes: Vec<TaskVersion>,
    /// Rows that were only read, and must still be as they were.
    pub expect: Vec<TaskVersion>,
    pub successions: Vec<SuccessionChange>,
    /// A reminder of this user that is pending and rings by this very change.
    pub fires: Option<ReminderKey>,
    pub deliveries: Vec<DeliveryDraft>,
    pub import: Option<ImportChunk>,
    /// Ends the account: what is personal in it is erased at once, the rest by the sweep.
    pub tombstone: bool,
    pub events: Vec<EventDraft>,
    pub inbox: Option<InboxKey>,
    pub idempotency: Option<IdempotencyRecord>,
    pub rate: Option<RateCharge>,
}

impl ChangeSet {
    /// Changes nothing yet.
    pub fn new(change_id: Uuid, user: UserId, at: DateTime<Utc>) -> Self {
        ChangeSet {
            change_id,
            user,
            token_epoch: None,
            at,
            inserts: Vec::new(),
            updates: Vec::new(),
            deletes: Vec::new(),
            expect: Vec::new(),
            successions: Vec::new(),
            fires: None,
            deliveries: Vec::new(),
            import: None,
            tombstone: false,
            events: Vec::new(),
            inbox: None,
            idempotency: None,
            rate: None,
        }
    }

    /// As most changes do; an engine may have a shorter way for them.
    pub(crate) fn changes_tasks_alone(&self) -> bool {
        self.fires.is_none()
            && self.deliveries.is_empty()
            && self.import.is_none()
            && !self.tombstone
    }

    pub(crate) fn caller(&self) -> Caller {
        Caller { user: self.user, token_epoch: self.token_epoch }
    }
}

#[derive(Clone, Debug)]
pub struct TaskUpdate {
    pub number: TaskNumber,
    pub expected: Version,
    pub task: Task,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskVersion {
    pub number: TaskNumber,
    pub version: Version,
}

/// The guard of "one successor per completed occurrence". A claim outlives the successor it made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SuccessionChange {
    /// `ordinal` (the completed occurrence) has the successor `inserts[insert]`.
    Claim { series: SeriesId, ordinal: Ordinal, insert: usize },
    /// The completion was undone and its untouched successor is deleted in this same change.
    Withdraw { series: SeriesId, ordinal: Ordinal },
}

/// An event as it is known before the commit; number, sequence and position come with it.
#[derive(Clone, Debug)]
pub struct EventDraft {
    pub id: Uuid,
    pub task: TaskRef,
    pub topics: Topics,
    /// The event as JSON text; the members that the commit assigns are filled in when it is read.
    pub body: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskRef {
    Number(TaskNumber),
    /// Index into [`ChangeSet::inserts`].
    Insert(usize),
    /// The account itself: an event that is no change of a task has no place in the change feed.
    None,
}

/// The topics an event still has to reach, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Topics(pub u8);

impl Topics {
    pub const NONE: Topics = Topics(0);
    pub const TASK_EVENTS: Topics = Topics(1);
    pub const TASK_UPDATES: Topics = Topics(2);
    pub const REMINDERS: Topics = Topics(4);

    pub fn with(self, other: Topics) -> Topics {
        Topics(self.0 | other.0)
    }

    pub fn contains(self, other: Topics) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Names the topics as an operator knows them.
impl fmt::Display for Topics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (Topics::TASK_EVENTS, "task-events"),
            (Topics::TASK_UPDATES, "task-updates"),
            (Topics::REMINDERS, "reminders"),
        ];
        let mut separator = "";
        for (_, name) in names.into_iter().filter(|(topic, _)| self.contains(*topic)) {
            write!(f, "{separator}{name}")?;
            separator = ", ";
        }
        Ok(())
    }
}

/// Names a consumed message; committed with the effect, never before and never after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxKey {
    pub consumer: &'static str,
    pub event_id: String,
}

/// Scope and fingerprint of a request that carries an `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Method, path and key; the user is the ChangeSet's.
    pub scope: String,
    pub body_hash: String,
}

/// The answer a repeated request gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyRecord {
    pub key: IdempotencyKey,
    pub status: u16,
    /// JSON text; the number of the first insert is filled in when it is replayed.
    pub body: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    pub body_hash: String,
    pub status: u16,
    pub body: Option<String>,
    /// The first task this request inserted.
    pub number: Option<TaskNumber>,
}

/// A token bucket kept in the user's row, charged by the commit itself. A cost above the capacity
/// takes a full bucket; it could never be paid otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateCharge {
    pub cost: u32,
    pub capacity: u32,
    pub refill_per_second: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommitOutcome {
    Committed(Committed),
    /// A version, an expectation, a succession, a reminder or an import key differs: read again and
    /// decide again.
    Conflict,
    /// The inbox already holds this message.
    AlreadyConsumed,
    /// The idempotency scope already holds an answer (compare its `body_hash`).
    AlreadyAnswered(StoredAnswer),
    RateLimited {
        retry_after_ms: u64,
    },
    /// No live user row, or a token of an earlier epoch.
    Gone,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// The numbers given to [`ChangeSet::inserts`], in their order.
    pub numbers: Vec<TaskNumber>,
}
