//! The unit of work on SQLite: one INSERT, and a read only when the caller needs a detail.

use task_domain::TaskNumber;

use crate::change_set::{ChangeSet, CommitOutcome, Committed, IdempotencyRecord, RateCharge};
use crate::db::{Db, DbError, Value};
use crate::document::Rate;
use crate::refusal::Refusal;
use crate::row;
use crate::sql::engine::Engine;
use crate::sql::statement::Repeat;
use crate::sql::{reads, text};
use crate::store::StoreError;

const COMMITTED_CHANGE: &str = include_str!("../../sqlite/committed_change.sql");
const RETRY_AFTER: &str = include_str!("../../sqlite/retry_after.sql");

pub(super) async fn commit<D: Db>(
    engine: &Engine<D>,
    change_set: &ChangeSet,
    document: Value,
) -> Result<CommitOutcome, StoreError> {
    let statement = if change_set.changes_tasks_alone() {
        include_str!("../../sqlite/commit_task_changes.sql")
    } else {
        include_str!("../../sqlite/commit_change_set.sql")
    };
    match engine.run_text(statement, Repeat::Harmless, &[document]).await {
        Ok(_) => committed(engine, change_set).await,
        Err(error) => match Refusal::of(&error) {
            Some(refusal) => refused(engine, change_set, refusal, error).await,
            None => Err(error.into()),
        },
    }
}

async fn committed<D: Db>(
    engine: &Engine<D>,
    change_set: &ChangeSet,
) -> Result<CommitOutcome, StoreError> {
    if change_set.inserts.is_empty() {
        return Ok(CommitOutcome::Committed(Committed::default()));
    }
    let params = [text(change_set.change_id)];
    let rows = engine.run_text(COMMITTED_CHANGE, Repeat::Harmless, &params).await?;
    let first: u32 = row::only("changes", rows)?.number("first_number")?;
    let numbers = (first..).map(TaskNumber).take(change_set.inserts.len()).collect();
    Ok(CommitOutcome::Committed(Committed { numbers }))
}

async fn refused<D: Db>(
    engine: &Engine<D>,
    change_set: &ChangeSet,
    refusal: Refusal,
    error: DbError,
) -> Result<CommitOutcome, StoreError> {
    match (refusal, &change_set.idempotency, change_set.rate) {
        (Refusal::Gone, ..) => Ok(CommitOutcome::Gone),
        (Refusal::Conflict, ..) => Ok(CommitOutcome::Conflict),
        (Refusal::AlreadyConsumed, ..) => Ok(CommitOutcome::AlreadyConsumed),
        (Refusal::AlreadyAnswered, Some(record), _) => answered(engine, change_set, record).await,
        (Refusal::RateLimited, _, Some(charge)) => limited(engine, change_set, charge).await,
        _ => Err(error.into()),
    }
}

async fn answered<D: Db>(
    engine: &Engine<D>,
    change_set: &ChangeSet,
    record: &IdempotencyRecord,
) -> Result<CommitOutcome, StoreError> {
    match reads::answer(engine, change_set.caller(), &record.key).await? {
        Some(answer) => Ok(CommitOutcome::AlreadyAnswered(answer)),
        // Swept between the two statements: deciding again commits it.
        None => Ok(CommitOutcome::Conflict),
    }
}

async fn limited<D: Db>(
    engine: &Engine<D>,
    change_set: &ChangeSet,
    charge: RateCharge,
) -> Result<CommitOutcome, StoreError> {
    let rate = Rate::of(charge);
    let params = [
        text(change_set.user),
        Value::Integer(change_set.at.timestamp_millis()),
        Value::Integer(rate.cost),
        Value::Integer(rate.capacity),
        Value::Integer(rate.refill_per_ms),
    ];
    let rows = engine.run_text(RETRY_AFTER, Repeat::Harmless, &params).await?;
    let Some(mut row) = row::first("users", rows) else { return Ok(CommitOutcome::Gone) };
    // A bucket that nothing refills gives NULL: never.
    let retry_after_ms = row.number_or_null("rate_level")?.unwrap_or(u64::MAX);
    Ok(CommitOutcome::RateLimited { retry_after_ms })
}
