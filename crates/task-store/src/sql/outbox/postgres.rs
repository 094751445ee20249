//! Lease and marks on PostgreSQL: one call each, which answers with the next batch.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::events;
use crate::db::{Db, Rows, Value};
use crate::relay::{LeaseLost, OutboxEvent};
use crate::sql::engine::Engine;
use crate::sql::statement::Repeat;
use crate::sql::{instant, text};
use crate::store::{BatchLimits, StoreError};

const CLAIM: &str = include_str!("../../postgres/claim.sql");
const MARK: &str = include_str!("../../postgres/mark.sql");

pub(super) async fn claim<D: Db>(
    engine: &Engine<D>,
    holder: Uuid,
    now: DateTime<Utc>,
    limits: BatchLimits,
) -> Result<Result<Vec<OutboxEvent>, LeaseLost>, StoreError> {
    let lease_ms = i64::try_from(limits.lease_ms).unwrap_or(i64::MAX);
    let [events, per_user, bytes] = bounds(limits);
    let params = [text(holder), instant(now), Value::Integer(lease_ms), events, per_user, bytes];
    batch(engine.run_text(CLAIM, Repeat::Harmless, &params).await?)
}

pub(super) async fn mark<D: Db>(
    engine: &Engine<D>,
    document: Value,
    limits: BatchLimits,
) -> Result<Result<Vec<OutboxEvent>, LeaseLost>, StoreError> {
    let [events, per_user, bytes] = bounds(limits);
    let params = [document, events, per_user, bytes];
    batch(engine.run_text(MARK, Repeat::Harmless, &params).await?)
}

/// A row at least, of NULLs perhaps, says that the lease is held.
fn batch(rows: Rows) -> Result<Result<Vec<OutboxEvent>, LeaseLost>, StoreError> {
    if rows.rows.is_empty() {
        return Ok(Err(LeaseLost));
    }
    events(rows).map(Ok)
}

fn bounds(limits: BatchLimits) -> [Value; 3] {
    [limits.events, limits.per_user, limits.bytes].map(|it| Value::Integer(it.into()))
}
