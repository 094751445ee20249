//! What the application asks of a database. Each call is at most two statements.

use chrono::{DateTime, Utc};
use task_domain::{TaskNumber, TaskRecord, UserId};
use thiserror::Error;
use uuid::Uuid;

use crate::account::{Account, CreateOutcome, Throttle, ThrottleOutcome};
use crate::change_set::{ChangeSet, CommitOutcome, IdempotencyKey, StoredAnswer};
use crate::db::DbError;
use crate::operations::{DeadLetter, Gauges, Retention};
use crate::query::{Changes, Stats, TaskPage, TaskQuery, TaskView};
use crate::relay::{LeaseLost, LeaseState, Mark, OutboxEvent};

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

/// Reads of a user's data give `None` when there is no live user row.
pub trait Store {
    async fn commit(&self, change_set: &ChangeSet) -> Result<CommitOutcome, StoreError>;

    async fn task_view(
        &self,
        user: UserId,
        number: TaskNumber,
        key: Option<&IdempotencyKey>,
    ) -> Result<Option<TaskView>, StoreError>;
    async fn answer(
        &self,
        user: UserId,
        key: &IdempotencyKey,
    ) -> Result<Option<StoredAnswer>, StoreError>;
    async fn list(&self, user: UserId, query: &TaskQuery) -> Result<Option<TaskPage>, StoreError>;
    async fn stats(
        &self,
        user: UserId,
        now: DateTime<Utc>,
        today: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Option<Stats>, StoreError>;
    /// The instances of the task's series that still exist, latest occurrence first. A task of no
    /// series is alone in it; an unknown task has no instances.
    async fn series(
        &self,
        user: UserId,
        number: TaskNumber,
        limit: u32,
    ) -> Result<Option<Vec<TaskRecord>>, StoreError>;
    async fn changes(
        &self,
        user: UserId,
        after: u64,
        limit: u32,
    ) -> Result<Option<Changes>, StoreError>;

    /// Repeating the call whose answer was lost gives `Created` again.
    async fn create_account(&self, account: &Account) -> Result<CreateOutcome, StoreError>;
    async fn account(&self, user: UserId) -> Result<Option<Account>, StoreError>;
    async fn account_by_email(&self, email: &str) -> Result<Option<Account>, StoreError>;
    /// Takes a token from every bucket, or from none.
    async fn throttle(
        &self,
        buckets: &[Throttle],
        now: DateTime<Utc>,
    ) -> Result<ThrottleOutcome, StoreError>;

    async fn lease_state(&self, now: DateTime<Utc>) -> Result<LeaseState, StoreError>;
    /// Takes the lease and the first batch; `LeaseLost` when another instance was faster.
    /// A batch holds at most one event of each user, the earliest.
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
    async fn release(
        &self,
        holder: Uuid,
        back_off_until: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError>;

    /// Stores a message of a dead-letter topic; a second copy of it changes nothing, unless it came
    /// after a replay: then the replay failed, and the letter is open again.
    async fn bury(&self, letter: &DeadLetter) -> Result<(), StoreError>;
    async fn dead_letters(
        &self,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError>;
    async fn dead_letter(&self, id: i64) -> Result<Option<DeadLetter>, StoreError>;
    /// Notes that the letter was published again (or, if parked, puts it back in the outbox).
    async fn mark_replayed(&self, id: i64, now: DateTime<Utc>) -> Result<bool, StoreError>;

    async fn gauges(&self, now: DateTime<Utc>) -> Result<Gauges, StoreError>;
    /// Removes what is done with, and gives how many rows that were.
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
    /// A lease not renewed for this long is free again; far longer than a publish may take.
    pub lease_ms: u64,
}
