//! What the application asks of a database. Each call is at most two statements.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use task_domain::{TaskNumber, TaskRecord, UserId};
use thiserror::Error;
use uuid::Uuid;

use crate::account::{
    Account, CreateOutcome, ProfileChange, ProfileOutcome, Throttle, ThrottleOutcome,
};
use crate::caller::Caller;
use crate::change_set::{ChangeSet, CommitOutcome, IdempotencyKey, StoredAnswer};
use crate::channel::{Channel, ChannelSet, PutChannels};
use crate::db::DbError;
use crate::delivery::{
    AfterAttempt, Attempt, ChannelVerdict, Delivery, DeliveryLease, DeliveryPage, DeliveryQuery,
    DueDelivery,
};
use crate::import::Import;
use crate::operations::{DeadLetter, Gauges, Retention};
use crate::query::{Changes, Stats, TaskPage, TaskQuery, TaskView};
use crate::relay::{LeaseLost, LeaseState, Mark, Outage, OutboxEvent};
use crate::reminder::{ReminderKey, ReminderRow, ReminderView};

#[derive(Clone, Debug, Error)]
pub enum StoreError {
    #[error(transparent)]
    Db(#[from] DbError),
    /// A row does not read as what this release knows; the text names table and column.
    #[error("unreadable row: {0}")]
    UnreadableRow(String),
    #[error("the cursor is not one of this list")]
    BadCursor,
}

/// Reads of a caller's data give `None` when there is no live user row, or one of another epoch.
pub trait Store {
    async fn commit(&self, change_set: &ChangeSet) -> Result<CommitOutcome, StoreError>;

    async fn task_view(
        &self,
        caller: Caller,
        number: TaskNumber,
        key: Option<&IdempotencyKey>,
    ) -> Result<Option<TaskView>, StoreError>;
    async fn answer(
        &self,
        caller: Caller,
        key: &IdempotencyKey,
    ) -> Result<Option<StoredAnswer>, StoreError>;
    async fn list(&self, caller: Caller, query: &TaskQuery)
    -> Result<Option<TaskPage>, StoreError>;
    async fn stats(
        &self,
        caller: Caller,
        now: DateTime<Utc>,
        today: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Option<Stats>, StoreError>;
    /// The instances of the task's series that still exist, latest occurrence first. A task of no
    /// series is alone in it; an unknown task has no instances.
    async fn series(
        &self,
        caller: Caller,
        number: TaskNumber,
        limit: u32,
    ) -> Result<Option<Vec<TaskRecord>>, StoreError>;
    async fn changes(
        &self,
        caller: Caller,
        after: u64,
        limit: u32,
    ) -> Result<Option<Changes>, StoreError>;

    /// Repeating the call whose answer was lost gives `Created` again.
    async fn create_account(&self, account: &Account) -> Result<CreateOutcome, StoreError>;
    async fn account(&self, caller: Caller) -> Result<Option<Account>, StoreError>;
    async fn account_by_email(&self, email: &str) -> Result<Option<Account>, StoreError>;
    async fn account_by_external_sub(&self, sub: &str) -> Result<Option<Account>, StoreError>;
    async fn change_profile(
        &self,
        caller: Caller,
        change: &ProfileChange,
    ) -> Result<ProfileOutcome, StoreError>;
    /// The raised token epoch: whoever signed in before has to do it again.
    async fn set_password(
        &self,
        caller: Caller,
        password_hash: &str,
    ) -> Result<Option<u32>, StoreError>;
    /// Takes a token from every bucket, or from none.
    async fn throttle(
        &self,
        buckets: &[Throttle],
        now: DateTime<Utc>,
    ) -> Result<ThrottleOutcome, StoreError>;

    /// The pending and the cancelled ones, earliest first.
    async fn reminders_of_task(
        &self,
        user: UserId,
        number: TaskNumber,
    ) -> Result<Vec<ReminderRow>, StoreError>;
    /// Only while the account and the task live.
    async fn reminder(&self, key: ReminderKey) -> Result<Option<ReminderView>, StoreError>;
    /// Pending although their instant lies before `before`, earliest first.
    async fn overdue_reminders(
        &self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<ReminderKey>, StoreError>;
    /// What the scheduler should hear of, earliest first: the cancelled ones, the pending ones it
    /// was never told of, and the pending ones that ring before `near` and were last told of before
    /// `armed_before`.
    async fn untold_reminders(
        &self,
        near: DateTime<Utc>,
        armed_before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<ReminderRow>, StoreError>;
    /// Notes what the scheduler was told. A row that changed meanwhile stays to be told anew.
    ///
    /// Gives those of `armed` that are pending no longer: who was told of their end may have been
    /// told before.
    async fn reminders_told(
        &self,
        now: DateTime<Utc>,
        armed: &[ReminderKey],
        disarmed: &[ReminderKey],
    ) -> Result<Vec<ReminderKey>, StoreError>;

    async fn channels(&self, caller: Caller) -> Result<Option<ChannelSet>, StoreError>;
    /// Replaces the whole set, whatever it was when nothing is expected.
    async fn put_channels(
        &self,
        caller: Caller,
        expected: Option<u64>,
        channels: &[Channel],
    ) -> Result<PutChannels, StoreError>;

    /// Takes deliveries that are due and that nobody else holds.
    async fn lease_deliveries(&self, lease: &DeliveryLease)
    -> Result<Vec<DueDelivery>, StoreError>;
    /// Records what came of a leased delivery, and gives it back. `false`, and nothing is recorded,
    /// when the lease was no longer the holder's.
    async fn finish_attempt(
        &self,
        holder: Uuid,
        id: Uuid,
        attempt: Option<&Attempt>,
        after: &AfterAttempt,
        verdict: &ChannelVerdict,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;
    async fn deliveries(
        &self,
        caller: Caller,
        query: &DeliveryQuery,
    ) -> Result<Option<DeliveryPage>, StoreError>;
    async fn delivery(
        &self,
        caller: Caller,
        id: Uuid,
    ) -> Result<Option<Option<Delivery>>, StoreError>;
    /// Makes it pending again and due at once; it keeps its attempts. `None`: unknown.
    async fn replay_delivery(
        &self,
        caller: Caller,
        id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Option<Delivery>, StoreError>;

    /// Which of these records an upload has brought before.
    async fn known_import_keys(
        &self,
        user: UserId,
        source: &str,
        uids: &[String],
    ) -> Result<HashSet<String>, StoreError>;
    /// Keeps the state of an import that commits no tasks at this point.
    async fn put_import(&self, user: UserId, import: &Import) -> Result<(), StoreError>;
    async fn import(&self, caller: Caller, id: Uuid) -> Result<Option<Option<Import>>, StoreError>;
    /// The latest first.
    async fn imports(&self, caller: Caller, limit: u32) -> Result<Option<Vec<Import>>, StoreError>;

    async fn lease_state(&self, now: DateTime<Utc>) -> Result<LeaseState, StoreError>;
    /// Takes the lease and the first batch; `LeaseLost` when another instance was faster.
    /// A batch holds the earliest events of each user who is not held back, in their order, as far
    /// as the limits go: everybody's first before anybody's second.
    async fn claim(
        &self,
        holder: Uuid,
        now: DateTime<Utc>,
        limits: BatchLimits,
    ) -> Result<Result<Vec<OutboxEvent>, LeaseLost>, StoreError>;
    /// Records a batch's results, renews the lease and gives the next batch.
    async fn mark(
        &self,
        holder: Uuid,
        now: DateTime<Utc>,
        marks: &[Mark],
        limits: BatchLimits,
    ) -> Result<Result<Vec<OutboxEvent>, LeaseLost>, StoreError>;
    /// Lets go of the lease; without an outage, publishing works.
    async fn release(&self, holder: Uuid, outage: Option<Outage>) -> Result<(), StoreError>;

    /// Stores a message of a dead-letter topic. A second copy is the same letter: one that came
    /// after a replay opens it again, because the replay failed.
    async fn bury(&self, letter: &DeadLetter) -> Result<(), StoreError>;
    async fn dead_letters(
        &self,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError>;
    async fn dead_letter(&self, id: i64) -> Result<Option<DeadLetter>, StoreError>;
    /// Notes that the letter was published again (or, if parked, puts it back in the outbox). False
    /// when it has come back since it was read: then it stays open.
    async fn mark_replayed(
        &self,
        letter: &DeadLetter,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    async fn gauges(&self, now: DateTime<Utc>) -> Result<Gauges, StoreError>;
    /// Removes what is done with, and what is left of ended accounts; gives how many rows it was.
    async fn sweep(&self, retention: Retention) -> Result<u64, StoreError>;
    /// One round trip that proves database and schema; the schema's version. An engine that
    /// migrates by itself does it here, too.
    async fn ping(&self) -> Result<u32, StoreError>;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchLimits {
    pub events: u32,
    /// Sum of the bodies' lengths; the first event is always given.
    pub bytes: u32,
    /// Of one user, however much room is left.
    pub per_user: u32,
    /// A lease not renewed for this long is free again; far longer than a publish may take.
    pub lease_ms: u64,
}
