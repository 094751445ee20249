//! The store on a database that speaks SQL. What is asked and what the answers mean is the same for
//! every dialect; nothing here knows which host runs a statement.

mod accounts;
mod channels;
mod commit;
mod deliveries;
mod engine;
mod imports;
mod list;
mod operations;
mod outbox;
mod reads;
mod reminders;
mod statement;
mod sweep;

pub use statement::Dialect;

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use task_domain::{TaskNumber, TaskRecord, UserId};
use uuid::Uuid;

use crate::account::{
    Account, CreateOutcome, ProfileChange, ProfileOutcome, Throttle, ThrottleOutcome,
};
use crate::caller::Caller;
use crate::change_set::{ChangeSet, CommitOutcome, IdempotencyKey, StoredAnswer};
use crate::channel::{Channel, ChannelSet, PutChannels};
use crate::db::{Db, Value};
use crate::delivery::{
    AfterAttempt, Attempt, ChannelVerdict, Delivery, DeliveryLease, DeliveryPage, DeliveryQuery,
    DueDelivery,
};
use crate::import::Import;
use crate::operations::{DeadLetter, Gauges, Retention};
use crate::query::{Changes, Stats, TaskPage, TaskQuery, TaskView};
use crate::relay::{LeaseLost, LeaseState, Mark, Outage, OutboxEvent};
use crate::reminder::{ReminderKey, ReminderRow, ReminderView};
use crate::store::{BatchLimits, Store, StoreError};
use engine::Engine;

/// A store on one connection. The first statement that meets an older schema migrates it.
pub struct SqlStore<D> {
    engine: Engine<D>,
}

impl<D: Db> SqlStore<D> {
    pub fn new(db: D, dialect: Dialect) -> Self {
        SqlStore { engine: Engine::new(db, dialect) }
    }

    pub fn db(&self) -> &D {
        self.engine.db()
    }
}

impl<D: Db> Store for SqlStore<D> {
    async fn commit(&self, change_set: &ChangeSet) -> Result<CommitOutcome, StoreError> {
        commit::commit(&self.engine, change_set).await
    }

    async fn task_view(
        &self,
        caller: Caller,
        number: TaskNumber,
        key: Option<&IdempotencyKey>,
    ) -> Result<Option<TaskView>, StoreError> {
        reads::task_view(&self.engine, caller, number, key).await
    }

    async fn answer(
        &self,
        caller: Caller,
        key: &IdempotencyKey,
    ) -> Result<Option<StoredAnswer>, StoreError> {
        reads::answer(&self.engine, caller, key).await
    }

    async fn list(
        &self,
        caller: Caller,
        query: &TaskQuery,
    ) -> Result<Option<TaskPage>, StoreError> {
        list::list(&self.engine, caller, query).await
    }

    async fn stats(
        &self,
        caller: Caller,
        now: DateTime<Utc>,
        today: (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Option<Stats>, StoreError> {
        reads::stats(&self.engine, caller, now, today).await
    }

    async fn series(
        &self,
        caller: Caller,
        number: TaskNumber,
        limit: u32,
    ) -> Result<Option<Vec<TaskRecord>>, StoreError> {
        reads::series(&self.engine, caller, number, limit).await
    }

    async fn changes(
        &self,
        caller: Caller,
        after: u64,
        limit: u32,
    ) -> Result<Option<Changes>, StoreError> {
        reads::changes(&self.engine, caller, after, limit).await
    }

    async fn create_account(&self, account: &Account) -> Result<CreateOutcome, StoreError> {
        accounts::create(&self.engine, account).await
    }

    async fn account(&self, caller: Caller) -> Result<Option<Account>, StoreError> {
        accounts::by_id(&self.engine, caller).await
    }

    async fn account_by_email(&self, email: &str) -> Result<Option<Account>, StoreError> {
        accounts::by_email(&self.engine, email).await
    }

    async fn account_by_external_sub(&self, sub: &str) -> Result<Option<Account>, StoreError> {
        accounts::by_external_sub(&self.engine, sub).await
    }

    async fn change_profile(
        &self,
        caller: Caller,
        change: &ProfileChange,
    ) -> Result<ProfileOutcome, StoreError> {
        accounts::change_profile(&self.engine, caller, change).await
    }

    async fn set_password(
        &self,
        caller: Caller,
        password_hash: &str,
    ) -> Result<Option<u32>, StoreError> {
        accounts::set_password(&self.engine, caller, password_hash).await
    }

    async fn throttle(
        &self,
        buckets: &[Throttle],
        now: DateTime<Utc>,
    ) -> Result<ThrottleOutcome, StoreError> {
        accounts::throttle(&self.engine, buckets, now).await
    }

    async fn reminders_of_task(
        &self,
        user: UserId,
        number: TaskNumber,
    ) -> Result<Vec<ReminderRow>, StoreError> {
        reminders::of_task(&self.engine, user, number).await
    }

    async fn reminder(&self, key: ReminderKey) -> Result<Option<ReminderView>, StoreError> {
        reminders::view(&self.engine, key).await
    }

    async fn overdue_reminders(
        &self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<ReminderKey>, StoreError> {
        reminders::overdue(&self.engine, before, limit).await
    }

    async fn untold_reminders(
        &self,
        near: DateTime<Utc>,
        armed_before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<ReminderRow>, StoreError> {
        reminders::untold(&self.engine, near, armed_before, limit).await
    }

    async fn reminders_told(
        &self,
        now: DateTime<Utc>,
        armed: &[ReminderKey],
        disarmed: &[ReminderKey],
    ) -> Result<Vec<ReminderKey>, StoreError> {
        reminders::told(&self.engine, now, armed, disarmed).await
    }

    async fn channels(&self, caller: Caller) -> Result<Option<ChannelSet>, StoreError> {
        channels::read(&self.engine, caller).await
    }

    async fn put_channels(
        &self,
        caller: Caller,
        expected: Option<u64>,
        channels: &[Channel],
    ) -> Result<PutChannels, StoreError> {
        channels::put(&self.engine, caller, expected, channels).await
    }

    async fn lease_deliveries(
        &self,
        lease: &DeliveryLease,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        deliveries::lease(&self.engine, lease).await
    }

    async fn finish_attempt(
        &self,
        holder: Uuid,
        id: Uuid,
        attempt: Option<&Attempt>,
        after: &AfterAttempt,
        verdict: &ChannelVerdict,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        deliveries::finish(&self.engine, (holder, id), attempt, after, verdict, now).await
    }

    async fn deliveries(
        &self,
        caller: Caller,
        query: &DeliveryQuery,
    ) -> Result<Option<DeliveryPage>, StoreError> {
        deliveries::list(&self.engine, caller, query).await
    }

    async fn delivery(
        &self,
        caller: Caller,
        id: Uuid,
    ) -> Result<Option<Option<Delivery>>, StoreError> {
        deliveries::by_id(&self.engine, caller, id).await
    }

    async fn replay_delivery(
        &self,
        caller: Caller,
        id: Uuid,
        now: DateTime<Utc>,
    ) -> Result<Option<Delivery>, StoreError> {
        deliveries::replay(&self.engine, caller, id, now).await
    }

    async fn known_import_keys(
        &self,
        user: UserId,
        source: &str,
        uids: &[String],
    ) -> Result<HashSet<String>, StoreError> {
        imports::known_keys(&self.engine, user, source, uids).await
    }

    async fn put_import(&self, user: UserId, import: &Import) -> Result<(), StoreError> {
        imports::put(&self.engine, user, import).await
    }

    async fn import(&self, caller: Caller, id: Uuid) -> Result<Option<Option<Import>>, StoreError> {
        imports::by_id(&self.engine, caller, id).await
    }

    async fn imports(&self, caller: Caller, limit: u32) -> Result<Option<Vec<Import>>, StoreError> {
        imports::latest(&self.engine, caller, limit).await
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

    async fn release(&self, holder: Uuid, outage: Option<Outage>) -> Result<(), StoreError> {
        outbox::release(&self.engine, holder, outage).await
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

    async fn mark_replayed(
        &self,
        letter: &DeadLetter,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        operations::mark_replayed(&self.engine, letter, now).await
    }

    async fn gauges(&self, now: DateTime<Utc>) -> Result<Gauges, StoreError> {
        operations::gauges(&self.engine, now).await
    }

    async fn sweep(&self, retention: Retention) -> Result<u64, StoreError> {
        sweep::sweep(&self.engine, retention).await
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

/// A token's epoch as a parameter; NULL lets every epoch through.
fn epoch(caller: Caller) -> Value {
    caller.token_epoch.map_or(Value::Null, |it| Value::Integer(it.into()))
}
