//! A reminder as columns, and back; and the plan that a changed task sets up. Knows no engine.

use serde::Serialize;
use task_domain::{Task, TaskNumber, UserId, Version, reminder};

use crate::change_set::ChangeSet;
use crate::reminder::{ReminderKey, ReminderRow, ReminderState};
use crate::row::Row;
use crate::store::StoreError;

/// Counts like a plan of nothing: whatever was planned before is taken away.
const NO_INSTANTS: Vec<i64> = Vec::new();

#[derive(Serialize)]
pub(crate) struct KeyColumns {
    user: String,
    number: u32,
    version: u64,
    n: u32,
}

/// The instants at which a task rings from this change on, in order and without repeats.
#[derive(Serialize)]
pub(crate) struct Plan {
    /// Either this or the index of an insert.
    number: Option<u32>,
    insert: Option<usize>,
    version: u64,
    instants: Vec<i64>,
}

pub(crate) fn key_columns(key: &ReminderKey) -> KeyColumns {
    KeyColumns { user: key.user.to_string(), number: key.task.0, version: key.version.0, n: key.n }
}

/// The plans of all tasks that a change touches. A new task that never rings has none, because
/// there is nothing to take away from it.
pub(crate) fn plans(change_set: &ChangeSet) -> Vec<Plan> {
    let inserted = change_set.inserts.iter().enumerate().map(|(index, task)| Plan {
        number: None,
        insert: Some(index),
        version: Version::FIRST.0,
        instants: instants(task),
    });
    let updated = change_set.updates.iter().map(|it| Plan {
        number: Some(it.number.0),
        insert: None,
        version: it.expected.next().0,
        instants: instants(&it.task),
    });
    let deleted = change_set.deletes.iter().map(|it| Plan {
        number: Some(it.number.0),
        insert: None,
        version: it.version.0,
        instants: NO_INSTANTS,
    });
    inserted.filter(|it| !it.instants.is_empty()).chain(updated).chain(deleted).collect()
}

/// Instants that differ by less than a column can tell are one.
fn instants(task: &Task) -> Vec<i64> {
    let instants = reminder::instants(task).into_iter();
    let mut instants: Vec<i64> = instants.map(|it| it.timestamp_millis()).collect();
    instants.dedup();
    instants
}

/// Reads user_id, number, version, n.
pub(crate) fn read_key(row: &mut Row) -> Result<ReminderKey, StoreError> {
    let user = UserId(row.uuid("user_id")?);
    let task = TaskNumber(row.number("number")?);
    let version = Version(row.number("version")?);
    Ok(ReminderKey { user, task, n: row.number("n")?, version })
}

/// Reads user_id, number, version, n, fire_at, state, armed_at.
pub(crate) fn read(row: &mut Row) -> Result<ReminderRow, StoreError> {
    Ok(ReminderRow {
        key: read_key(row)?,
        fire_at: row.instant("fire_at")?,
        state: state(row)?,
        armed_at: row.instant_or_null("armed_at")?,
    })
}

fn state(row: &mut Row) -> Result<ReminderState, StoreError> {
    let states = [
        ReminderState::Pending,
        ReminderState::Fired,
        ReminderState::Skipped,
        ReminderState::Cancelled,
    ];
    row.one_of("state", states, ReminderState::as_str)
}
