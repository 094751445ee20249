//! The relay's side of the event log: lease, batches, marks. On SQLite there is one machine and
//! one clock, so the lease's times are the caller's.

use chrono::{DateTime, Utc};
use serde::Serialize;
use task_domain::{TaskNumber, UserId};
use uuid::Uuid;

use crate::change_set::Topics;
use crate::db::{Db, Value};
use crate::refusal::Refusal;
use crate::relay::{LeaseLost, LeaseState, Mark, OutboxEvent};
use crate::row::{self, Row};
use crate::sql::commit::json;
use crate::sql::engine::Engine;
use crate::sql::statement::Repeat;
use crate::sql::{instant, text};
use crate::store::{BatchLimits, StoreError};

#[derive(Serialize)]
struct Marks<'m> {
    holder: String,
    now: i64,
    lease_until: i64,
    marks: Vec<MarkEntry<'m>>,
}

#[derive(Serialize)]
struct MarkEntry<'m> {
    position: i64,
    published: u8,
    refusal: Option<RefusalEntry<'m>>,
}

#[derive(Serialize)]
struct RefusalEntry<'m> {
    reason: &'m str,
    retry_at: i64,
    park: bool,
}

pub(super) async fn lease_state<D: Db>(
    engine: &Engine<D>,
    now: DateTime<Utc>,
) -> Result<LeaseState, StoreError> {
    let rows = engine
        .run_text(include_str!("../sqlite/lease_state.sql"), Repeat::Harmless, &[instant(now)])
        .await?;
    let mut row = row::only("relay", rows)?;
    let held = row.integer("holder")? != 0;
    let back_off_until = row.instant("back_off_until")?;
    let waiting = row.integer("outbox_heads")? != 0;
    Ok(match (held, waiting) {
        (true, _) => LeaseState::Held,
        (false, _) if back_off_until > now => LeaseState::BackingOff { until: back_off_until },
        (false, true) => LeaseState::Free,
        (false, false) => LeaseState::Idle,
    })
}

pub(super) async fn claim<D: Db>(
    engine: &Engine<D>,
    holder: Uuid,
    now: DateTime<Utc>,
    limits: BatchLimits,
) -> Result<Result<Vec<OutboxEvent>, LeaseLost>, StoreError> {
    let params = [text(holder), instant(now), Value::Integer(lease_until(now, limits))];
    let claimed = engine
        .run_text(include_str!("../sqlite/claim_lease.sql"), Repeat::Harmless, &params)
        .await?;
    if claimed.rows.is_empty() {
        return Ok(Err(LeaseLost));
    }
    next_batch(engine, now, limits).await.map(Ok)
}

pub(super) async fn mark<D: Db>(
    engine: &Engine<D>,
    holder: Uuid,
    now: DateTime<Utc>,
    marks: &[Mark],
    limits: BatchLimits,
) -> Result<Result<Vec<OutboxEvent>, LeaseLost>, StoreError> {
    let document = Marks {
        holder: holder.to_string(),
        now: now.timestamp_millis(),
        lease_until: lease_until(now, limits),
        marks: marks.iter().map(mark_entry).collect(),
    };
    match engine
        .run_text(include_str!("../sqlite/mark_batch.sql"), Repeat::Harmless, &[json(&document)?])
        .await
    {
        Ok(_) => next_batch(engine, now, limits).await.map(Ok),
        Err(error) if Refusal::of(&error) == Some(Refusal::LeaseLost) => Ok(Err(LeaseLost)),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn release<D: Db>(
    engine: &Engine<D>,
    holder: Uuid,
    back_off_until: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let until = back_off_until.map_or(Value::Integer(0), instant);
    engine
        .run_text(
            include_str!("../sqlite/release_lease.sql"),
            Repeat::Harmless,
            &[text(holder), until],
        )
        .await?;
    Ok(())
}

async fn next_batch<D: Db>(
    engine: &Engine<D>,
    now: DateTime<Utc>,
    limits: BatchLimits,
) -> Result<Vec<OutboxEvent>, StoreError> {
    let params =
        [instant(now), Value::Integer(limits.events.into()), Value::Integer(limits.bytes.into())];
    let rows = engine
        .run_text(include_str!("../sqlite/next_batch.sql"), Repeat::Harmless, &params)
        .await?;
    row::rows("events", rows).map(|mut row| outbox_event(&mut row)).collect()
}

fn outbox_event(row: &mut Row) -> Result<OutboxEvent, StoreError> {
    Ok(OutboxEvent {
        position: row.integer("position")?,
        user: UserId(row.uuid("user_id")?),
        id: row.uuid("id")?,
        number: TaskNumber(row.number("number")?),
        seq: row.number_or_null("seq")?.unwrap_or(0),
        pending: Topics(row.number("pending")?),
        attempts: row.number("attempts")?,
        body: row.text("body")?,
    })
}

fn mark_entry(mark: &Mark) -> MarkEntry<'_> {
    MarkEntry {
        position: mark.position,
        published: mark.published.0,
        refusal: mark.refusal.as_ref().map(|it| RefusalEntry {
            reason: &it.reason,
            retry_at: it.retry_at.timestamp_millis(),
            park: it.park,
        }),
    }
}

fn lease_until(now: DateTime<Utc>, limits: BatchLimits) -> i64 {
    let lease_ms = i64::try_from(limits.lease_ms).unwrap_or(i64::MAX);
    now.timestamp_millis().saturating_add(lease_ms)
}
