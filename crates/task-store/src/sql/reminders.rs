//! Reminders: what is due, and what the scheduler has still to be told.

use chrono::{DateTime, Utc};
use serde::Serialize;
use task_domain::{TaskNumber, UserId};

use crate::db::{Db, Value};
use crate::reminder::{ReminderKey, ReminderRow, ReminderView};
use crate::reminder_row::{self, KeyColumns};
use crate::row;
use crate::sql::commit::json;
use crate::sql::engine::Engine;
use crate::sql::statement::statement;
use crate::sql::{instant, text};
use crate::store::StoreError;
use crate::task_row;

#[derive(Serialize)]
struct Told {
    now: i64,
    armed: Vec<KeyColumns>,
    disarmed: Vec<KeyColumns>,
}

pub(super) async fn of_task<D: Db>(
    engine: &Engine<D>,
    user: UserId,
    number: TaskNumber,
) -> Result<Vec<ReminderRow>, StoreError> {
    let params = [text(user), Value::Integer(number.0.into())];
    let rows = engine.run(statement!(Harmless, "reminders_of_task"), &params).await?;
    row::rows("reminders", rows).map(|mut row| reminder_row::read(&mut row)).collect()
}

pub(super) async fn view<D: Db>(
    engine: &Engine<D>,
    key: ReminderKey,
) -> Result<Option<ReminderView>, StoreError> {
    let Ok(version) = i64::try_from(key.version.0) else { return Ok(None) };
    let params = [
        text(key.user),
        Value::Integer(key.task.0.into()),
        Value::Integer(version),
        Value::Integer(key.n.into()),
    ];
    let rows = engine.run(statement!(Harmless, "reminder"), &params).await?;
    let Some(mut row) = row::first("reminders", rows) else { return Ok(None) };
    let reminder = reminder_row::read(&mut row)?;
    let task = task_row::read(&mut row)?;
    Ok(task.map(|task| ReminderView { row: reminder, task }))
}

pub(super) async fn overdue<D: Db>(
    engine: &Engine<D>,
    before: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<ReminderKey>, StoreError> {
    let params = [instant(before), Value::Integer(limit.into())];
    let rows = engine.run(statement!(Harmless, "overdue_reminders"), &params).await?;
    row::rows("reminders", rows).map(|mut row| reminder_row::read_key(&mut row)).collect()
}

pub(super) async fn untold<D: Db>(
    engine: &Engine<D>,
    near: DateTime<Utc>,
    armed_before: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<ReminderRow>, StoreError> {
    let params = [instant(near), instant(armed_before), Value::Integer(limit.into())];
    let rows = engine.run(statement!(Harmless, "untold_reminders"), &params).await?;
    row::rows("reminders", rows).map(|mut row| reminder_row::read(&mut row)).collect()
}

pub(super) async fn told<D: Db>(
    engine: &Engine<D>,
    now: DateTime<Utc>,
    armed: &[ReminderKey],
    disarmed: &[ReminderKey],
) -> Result<Vec<ReminderKey>, StoreError> {
    if armed.is_empty() && disarmed.is_empty() {
        return Ok(Vec::new());
    }
    let document = Told {
        now: now.timestamp_millis(),
        armed: armed.iter().map(reminder_row::key_columns).collect(),
        disarmed: disarmed.iter().map(reminder_row::key_columns).collect(),
    };
    engine.run(statement!(Harmless, "told_reminders"), &[json(&document)?]).await?;
    if armed.is_empty() {
        return Ok(Vec::new());
    }
    let rows =
        engine.run(statement!(Harmless, "ended_reminders"), &[json(&document.armed)?]).await?;
    row::rows("reminders", rows).map(|mut row| reminder_row::read_key(&mut row)).collect()
}
