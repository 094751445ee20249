//! The store on SQLite. Every statement is a file beside its module; nothing here knows which
//! host runs it.

mod accounts;
mod commit;
mod engine;
mod list;
mod migrations;
mod operations;
mod outbox;
mod reads;

pub use migrations::{MIGRATIONS, statements};

use chrono::{DateTime, Utc};
use task_domain::{TaskNumber, TaskRecord, UserId};
use uuid::Uuid;

use crate::account::{Account, CreateOutcome, Throttle, ThrottleOutcome};
use crate::change_set::{ChangeSet, CommitOutcome, IdempotencyKey, StoredAnswer};
use crate::db::{Db, Value};
use crate::operations::{DeadLetter, Gauges, Retention};
use crate::query::{Changes, Stats, TaskPage, TaskQuery, TaskView};
use crate::relay::{LeaseLost, LeaseState, Mark, OutboxEvent};
use crate::store::{BatchLimits, Store, StoreError};
use engine::Engine;

/// A store on one SQLite connection. The first statement that meets an older schema migrates it.
pub struct SqliteStore<D> {
    engine: Engine<D>,
}

impl<D: Db> SqliteStore<D> {
    pub fn new(db: D) -> Self {
        SqliteStore { engine: Engine::new(db) }
    }

    pub fn db(&self) -> &D {
        self.engine.db()
    }
}

impl<D: Db> Store for SqliteStore<D> {
    async fn commit(&self, change_set: &ChangeSet) -> Result<CommitOutcome, StoreError> {
        commit::commit(&self.engine, change_set).await
    }

    async fn task_view(
        &self,
        user: UserId,
        number: TaskNumber,
        key: Option<&IdempotencyKey>,
    ) -> Result<Option<TaskView>, StoreError> {
        reads::task_view(&self.engine, user, number, key).await
    }

    async fn answer(
        &self,
        user: UserId,
        key: &IdempotencyKey,
    ) -> Result<Option<StoredAnswer>, StoreError> {
        reads::answer(&self.engine, user, key).await
    }

    async fn list(&self, user: UserId, query: &TaskQuery) -> Result<Option<TaskPage>, StoreError> {
        list::list(&self.engine, user, query).await
    }

    async fn stats(
        &self,
        user: UserId,
        now: DateTime<Utc>,
        today: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Option<Stats>, StoreError> {
        reads::stats(&self.engine, user, now, today).await
    }

    async fn series(
        &self,
        user: UserId,
        number: TaskNumber,
        limit: u32,
    ) -> Result<Option<Vec<TaskRecord>>, StoreError> {
        reads::series(&self.engine, user, number, limit).await
    }

    async fn changes(
        &self,
        user: UserId,
        after: u64,
        limit: u32,
    ) -> Result<Option<Changes>, StoreError> {
        reads::changes(&self.engine, user, after, limit).await
    }

    async fn create_account(&self, account: &Account) -> Result<CreateOutcome, StoreError> {
        accounts::create(&self.engine, account).await
    }

    async fn account(&self, user: UserId) -> Result<Option<Account>, StoreError> {
        accounts::by_id(&self.engine, user).await
    }

    async fn account_by_email(&self, email: &str) -> Result<Option<Account>, StoreError> {
        accounts::by_email(&self.engine, email).await
    }

    async fn throttle(
        &self,
        buckets: &[Throttle],
        now: DateTime<Utc>,
    ) -> Result<ThrottleOutcome, StoreError> {
        accounts::throttle(&self.engine, buckets, now).await
    }

    async fn lease_state(&self, now: DateTime<Utc>) -> Result<LeaseState, StoreError> {
        outbox::lease_state(&self.engine, now).await
    }

    async fn claim(
        &self,
        holder: Uuid,
        now: DateTime<Utc>,
        limits: BatchLimits,
    ) -> Result<Result<Vec<OutboxEvent>, LeaseLost>, StoreError> {
        outbox::claim(&self.engine, holder, now, limits).await
    }

    async fn mark(
        &self,
        holder: Uuid,
        now: DateTime<Utc>,
        marks: &[Mark],
        limits: BatchLimits,
    ) -> Result<Result<Vec<OutboxEvent>, LeaseLost>, StoreError> {
        outbox::mark(&self.engine, holder, now, marks, limits).await
    }

    async fn release(
        &self,
        holder: Uuid,
        back_off_until: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        outbox::release(&self.engine, holder, back_off_until).await
    }

    async fn bury(&self, letter: &DeadLetter) -> Result<(), StoreError> {
        operations::bury(&self.engine, letter).await
    }

    async fn dead_letters(
        &self,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        operations::dead_letters(&self.engine, after, limit).await
    }

    async fn dead_letter(&self, id: i64) -> Result<Option<DeadLetter>, StoreError> {
        operations::dead_letter(&self.engine, id).await
    }

    async fn mark_replayed(&self, id: i64, now: DateTime<Utc>) -> Result<bool, StoreError> {
        operations::mark_replayed(&self.engine, id, now).await
    }

    async fn gauges(&self, now: DateTime<Utc>) -> Result<Gauges, StoreError> {
        operations::gauges(&self.engine, now).await
    }

    async fn sweep(&self, retention: Retention) -> Result<u64, StoreError> {
        operations::sweep(&self.engine, retention).await
    }

    async fn ping(&self) -> Result<u32, StoreError> {
        operations::ping(&self.engine).await
    }
}

fn text(value: impl ToString) -> Value {
    Value::Text(value.to_string())
}

fn instant(at: DateTime<Utc>) -> Value {
    Value::Integer(at.timestamp_millis())
}
