//! The relay's side of the event log: lease, batches, marks. What is marked and how a batch reads
//! is the same for every dialect; each has its own way to give the next batch.
//!
//! The times of a lease are the caller's. A caller whose clock is ahead may take the lease from one
//! that still works, and both publish the same events for a moment: consumers collapse the copies,
//! and the first one's marks are refused, because marking asks for the holder and for no clock.

mod postgres;
mod sqlite;

use chrono::{DateTime, Utc};
use serde::Serialize;
use task_domain::{TaskNumber, UserId};
use uuid::Uuid;

use crate::change_set::Topics;
use crate::db::{Db, Rows, Value};
use crate::relay::{LeaseLost, LeaseState, Mark, Outage, OutboxEvent};
use crate::row::{self, Row};
use crate::sql::Dialect;
use crate::sql::commit::json;
use crate::sql::engine::Engine;
use crate::sql::statement::statement;
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
    let rows = engine.run(statement!(Harmless, "lease_state"), &[instant(now)]).await?;
    let mut row = row::only("relay", rows)?;
    let held = row.integer("holder")? != 0;
    let back_off_until = row.instant("back_off_until")?;
    let waiting = row.integer("outbox_heads")? != 0;
    let failures = row.number("failures")?;
    Ok(match (held, waiting) {
        (true, _) => LeaseState::Held,
        (false, _) if back_off_until > now => LeaseState::BackingOff { until: back_off_until },
        (false, true) => LeaseState::Free { failures },
        (false, false) => LeaseState::Idle,
    })
}

pub(super) async fn claim<D: Db>(
    engine: &Engine<D>,
    holder: Uuid,
    now: DateTime<Utc>,
    limits: BatchLimits,
) -> Result<Result<Vec<OutboxEvent>, LeaseLost>, StoreError> {
    match engine.dialect() {
        Dialect::Sqlite => sqlite::claim(engine, holder, now, limits).await,
        Dialect::Postgres => postgres::claim(engine, holder, now, limits).await,
    }
}

pub(super) async fn mark<D: Db>(
    engine: &Engine<D>,
    holder: Uuid,
    now: DateTime<Utc>,
    marks: &[Mark],
    limits: BatchLimits,
) -> Result<Result<Vec<OutboxEvent>, LeaseLost>, StoreError> {
    let document = json(&Marks {
        holder: holder.to_string(),
        now: now.timestamp_millis(),
        lease_until: lease_until(now, limits),
        marks: marks.iter().map(mark_entry).collect(),
    })?;
    match engine.dialect() {
        Dialect::Sqlite => sqlite::mark(engine, document, now, limits).await,
        Dialect::Postgres => postgres::mark(engine, document, limits).await,
    }
}

pub(super) async fn release<D: Db>(
    engine: &Engine<D>,
    holder: Uuid,
    outage: Option<Outage>,
) -> Result<(), StoreError> {
    let nothing = Value::Integer(0);
    let until = outage.map_or(nothing.clone(), |outage| instant(outage.until));
    let failures = outage.map_or(nothing, |outage| Value::Integer(outage.failures.into()));
    engine.run(statement!(Harmless, "release_lease"), &[text(holder), until, failures]).await?;
    Ok(())
}

fn events(rows: Rows) -> Result<Vec<OutboxEvent>, StoreError> {
    row::rows("events", rows).filter_map(|mut row| outbox_event(&mut row).transpose()).collect()
}

/// Reads position, user_id, id, number, seq, pending, attempts, body; `None` where a batch is empty
/// that is told together with its lease.
fn outbox_event(row: &mut Row) -> Result<Option<OutboxEvent>, StoreError> {
    let Some(position) = row.integer_or_null("position")? else { return Ok(None) };
    Ok(Some(OutboxEvent {
        position,
        user: UserId(row.uuid("user_id")?),
        id: row.uuid("id")?,
        number: TaskNumber(row.number("number")?),
        seq: row.number_or_null("seq")?.unwrap_or(0),
        pending: Topics(row.number("pending")?),
        attempts: row.number("attempts")?,
        body: row.text("body")?,
    }))
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
