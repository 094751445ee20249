//! What decisions and answers are made of: one statement for each question.

use chrono::{DateTime, TimeDelta, Utc};
use task_domain::{TaskNumber, TaskRecord};

use crate::caller::Caller;
use crate::change_set::{IdempotencyKey, StoredAnswer};
use crate::db::{Db, Value};
use crate::query::{Changes, Stats, StoredEvent, Successor, TaskView};
use crate::row::{self, Row};
use crate::sql::engine::Engine;
use crate::sql::statement::statement;
use crate::sql::{epoch, instant, text};
use crate::store::StoreError;
use crate::task_row;

/// How far ahead the statistics look.
const UPCOMING: TimeDelta = TimeDelta::hours(24);

pub(super) async fn task_view<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
    number: TaskNumber,
    key: Option<&IdempotencyKey>,
) -> Result<Option<TaskView>, StoreError> {
    let scope = key.map_or(Value::Null, |it| text(&it.scope));
    let params = [text(caller.user), Value::Integer(number.0.into()), scope, epoch(caller)];
    let rows = engine.run(statement!(Harmless, "task_view"), &params).await?;
    let Some(mut row) = row::first("tasks", rows) else { return Ok(None) };
    let timezone = row.parsed("timezone")?;
    let answer = stored_answer(&mut row)?;
    let successor = row.number_or_null("successor")?.map(TaskNumber);
    let task = task_row::read(&mut row)?;
    let successor = match (successor, task_row::read(&mut row)?) {
        (None, _) => Successor::None,
        (Some(_), Some(record)) => Successor::Live(Box::new(record)),
        (Some(number), None) => Successor::Deleted(number),
    };
    Ok(Some(TaskView { timezone, task, successor, answer }))
}

pub(super) async fn answer<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
    key: &IdempotencyKey,
) -> Result<Option<StoredAnswer>, StoreError> {
    let params = [text(caller.user), text(&key.scope), epoch(caller)];
    let rows = engine.run(statement!(Harmless, "answer"), &params).await?;
    match row::first("idempotency", rows) {
        Some(mut row) => stored_answer(&mut row),
        None => Ok(None),
    }
}

pub(super) async fn stats<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
    now: DateTime<Utc>,
    today: (DateTime<Utc>, DateTime<Utc>),
) -> Result<Option<Stats>, StoreError> {
    let params = [
        text(caller.user),
        instant(now),
        instant(today.0),
        instant(today.1),
        instant(now + UPCOMING),
        epoch(caller),
    ];
    let rows = engine.run(statement!(Harmless, "stats"), &params).await?;
    let Some(mut row) = row::first("tasks", rows) else { return Ok(None) };
    Ok(Some(Stats {
        total: row.number("total")?,
        completed: row.number("completed")?,
        pending: row.number("pending")?,
        overdue: row.number("overdue")?,
        due_today: row.number("due_today")?,
        upcoming_24h: row.number("upcoming_24h")?,
        no_due_date: row.number("no_due_date")?,
    }))
}

pub(super) async fn series<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
    number: TaskNumber,
    limit: u32,
) -> Result<Option<Vec<TaskRecord>>, StoreError> {
    let params = [
        text(caller.user),
        Value::Integer(number.0.into()),
        Value::Integer(limit.into()),
        epoch(caller),
    ];
    let rows = engine.run(statement!(Harmless, "series"), &params).await?;
    if rows.rows.is_empty() {
        return Ok(None);
    }
    let records = row::rows("tasks", rows).map(|mut row| task_row::read(&mut row));
    let records: Result<Vec<_>, _> = records.collect();
    Ok(Some(records?.into_iter().flatten().collect()))
}

pub(super) async fn changes<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
    after: u64,
    limit: u32,
) -> Result<Option<Changes>, StoreError> {
    // What lies beyond the engine's integers lies beyond every sequence, too.
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let params =
        [text(caller.user), Value::Integer(after), Value::Integer(limit.into()), epoch(caller)];
    let rows = engine.run(statement!(Harmless, "changes"), &params).await?;
    if rows.rows.is_empty() {
        return Ok(None);
    }
    let mut seq = 0;
    let mut events = Vec::with_capacity(rows.rows.len());
    for mut row in row::rows("events", rows) {
        seq = row.number("change_seq")?;
        let swept_seq = row.integer("swept_seq")?;
        if after < swept_seq || u64::try_from(after).is_ok_and(|it| it > seq) {
            return Ok(Some(Changes::Reset { seq }));
        }
        events.extend(stored_event(&mut row)?);
    }
    Ok(Some(Changes::Page { events, seq }))
}

fn stored_event(row: &mut Row) -> Result<Option<StoredEvent>, StoreError> {
    let Some(id) = row.text_or_null("id")? else { return Ok(None) };
    Ok(Some(StoredEvent {
        id: id.parse().map_err(|_| row.unreadable("id"))?,
        seq: row.number("seq")?,
        number: TaskNumber(row.number("number")?),
        body: row.text("body")?,
    }))
}

/// Reads body_hash, status, body, number; `None` where a join found no record.
fn stored_answer(row: &mut Row) -> Result<Option<StoredAnswer>, StoreError> {
    let body_hash = row.text_or_null("body_hash")?;
    let status = row.number_or_null("status")?;
    let body = row.text_or_null("body")?;
    let number = row.number_or_null("number")?.map(TaskNumber);
    match (body_hash, status) {
        (Some(body_hash), Some(status)) => {
            Ok(Some(StoredAnswer { body_hash, status, body, number }))
        }
        _ => Ok(None),
    }
}
