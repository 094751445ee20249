//! Lease and marks on SQLite: each is a statement, and the next batch is a second one.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::lease_until;
use crate::db::{Db, Value};
use crate::refusal::Refusal;
use crate::relay::{LeaseLost, OutboxEvent};
use crate::sql::engine::Engine;
use crate::sql::statement::Repeat;
use crate::sql::{instant, text};
use crate::store::{BatchLimits, StoreError};

const CLAIM_LEASE: &str = include_str!("../../sqlite/claim_lease.sql");
const MARK_BATCH: &str = include_str!("../../sqlite/mark_batch.sql");
const NEXT_BATCH: &str = include_str!("../../sqlite/next_batch.sql");

pub(super) async fn claim<D: Db>(
    engine: &Engine<D>,
    holder: Uuid,
    now: DateTime<Utc>,
    limits: BatchLimits,
) -> Result<Result<Vec<OutboxEvent>, LeaseLost>, StoreError> {
    let params = [text(holder), instant(now), Value::Integer(lease_until(now, limits))];
    let claimed = engine.run_text(CLAIM_LEASE, Repeat::Harmless, &params).await?;
    if claimed.rows.is_empty() {
        return Ok(Err(LeaseLost));
    }
    next_batch(engine, now, limits).await.map(Ok)
}

pub(super) async fn mark<D: Db>(
    engine: &Engine<D>,
    document: Value,
    now: DateTime<Utc>,
    limits: BatchLimits,
) -> Result<Result<Vec<OutboxEvent>, LeaseLost>, StoreError> {
    match engine.run_text(MARK_BATCH, Repeat::Harmless, &[document]).await {
        Ok(_) => next_batch(engine, now, limits).await.map(Ok),
        Err(error) if Refusal::of(&error) == Some(Refusal::LeaseLost) => Ok(Err(LeaseLost)),
        Err(error) => Err(error.into()),
    }
}

async fn next_batch<D: Db>(
    engine: &Engine<D>,
    now: DateTime<Utc>,
    limits: BatchLimits,
) -> Result<Vec<OutboxEvent>, StoreError> {
    let bounds = [limits.events, limits.bytes, limits.per_user];
    let [events, bytes, per_user] = bounds.map(|it| Value::Integer(it.into()));
    let params = [instant(now), events, bytes, per_user];
    super::events(engine.run_text(NEXT_BATCH, Repeat::Harmless, &params).await?)
}
