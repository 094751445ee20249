//! Dead letters, gauges and readiness.

use chrono::{DateTime, TimeDelta, Utc};

use crate::change_set::Topics;
use crate::db::{Db, Value};
use crate::operations::{DeadLetter, DeadLetterKind, Gauges};
use crate::row::{self, Row};
use crate::sql::engine::Engine;
use crate::sql::statement::statement;
use crate::sql::{instant, text};
use crate::store::StoreError;

pub(super) async fn bury<D: Db>(engine: &Engine<D>, letter: &DeadLetter) -> Result<(), StoreError> {
    let params = [
        text(&letter.topic),
        text(&letter.event_id),
        text(&letter.event_type),
        text(&letter.reason),
        text(&letter.body),
        instant(letter.received_at),
    ];
    engine.run(statement!(Harmless, "bury"), &params).await?;
    Ok(())
}

pub(super) async fn dead_letters<D: Db>(
    engine: &Engine<D>,
    after: Option<i64>,
    limit: u32,
) -> Result<Vec<DeadLetter>, StoreError> {
    let params = [Value::Integer(after.unwrap_or(0)), Value::Integer(limit.into())];
    let rows = engine.run(statement!(Harmless, "dead_letters"), &params).await?;
    row::rows("dead_letters", rows).map(|mut row| letter(&mut row)).collect()
}

pub(super) async fn dead_letter<D: Db>(
    engine: &Engine<D>,
    id: i64,
) -> Result<Option<DeadLetter>, StoreError> {
    let rows = engine.run(statement!(Harmless, "dead_letter"), &[Value::Integer(id)]).await?;
    row::first("dead_letters", rows).map(|mut row| letter(&mut row)).transpose()
}

pub(super) async fn mark_replayed<D: Db>(
    engine: &Engine<D>,
    letter: &DeadLetter,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let params = [Value::Integer(letter.id), instant(letter.received_at), instant(now)];
    let rows = engine.run(statement!(Harmless, "mark_replayed"), &params).await?;
    Ok(!rows.rows.is_empty())
}

pub(super) async fn gauges<D: Db>(
    engine: &Engine<D>,
    now: DateTime<Utc>,
) -> Result<Gauges, StoreError> {
    let rows = engine.run(statement!(Harmless, "gauges"), &[instant(now)]).await?;
    let mut row = row::only("gauges", rows)?;
    let outbox_pending = row.number("outbox_pending")?;
    let oldest = row.instant_or_null("outbox_oldest")?.unwrap_or(now);
    Ok(Gauges {
        outbox_pending,
        outbox_oldest_age_ms: milliseconds(now - oldest),
        published_total: row.number("published_total")?,
        publish_failures: row.number("failures")?,
        publish_pause_ms: milliseconds(row.instant("back_off_until")? - now),
        parked: row.number("parked")?,
        dead_letters: row.number("dead_letters")?,
        users: row.number("users")?,
        tasks: row.number("tasks")?,
        reminders_pending: row.number("reminders_pending")?,
        reminders_overdue: row.number("reminders_overdue")?,
        deliveries_pending: row.number("deliveries_pending")?,
        deliveries_failed: row.number("deliveries_failed")?,
    })
}

/// Migrates a database that is behind: whoever asks for readiness is the first to come by.
pub(super) async fn ping<D: Db>(engine: &Engine<D>) -> Result<u32, StoreError> {
    let version = schema_version(engine).await?;
    if usize::try_from(version).is_ok_and(|it| it >= engine.schema_version()) {
        return Ok(version);
    }
    engine.migrate().await?;
    schema_version(engine).await
}

async fn schema_version<D: Db>(engine: &Engine<D>) -> Result<u32, StoreError> {
    let rows = engine.run(statement!(Harmless, "schema_version"), &[]).await?;
    row::only("schema", rows)?.number("user_version")
}

/// Clocks differ: what is below nothing is nothing.
fn milliseconds(span: TimeDelta) -> u64 {
    u64::try_from(span.num_milliseconds()).unwrap_or(0)
}

fn letter(row: &mut Row) -> Result<DeadLetter, StoreError> {
    let id = row.integer("id")?;
    let parked = row.integer("position")? != 0;
    let topics = Topics(row.number("topics")?);
    let topic = row.text("topic")?;
    Ok(DeadLetter {
        id,
        kind: if parked { DeadLetterKind::Parked } else { DeadLetterKind::Undeliverable },
        topic: if parked { topics.to_string() } else { topic },
        event_id: row.text("event_id")?,
        event_type: row.text("event_type")?,
        reason: row.text("reason")?,
        body: row.text("body")?,
        received_at: row.instant("received_at")?,
        replayed_at: row.instant_or_null("replayed_at")?,
    })
}
