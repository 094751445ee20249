//! The store's tables as they lie in the file, read in one transaction beside the running app.

use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Row};
use task_store::sqlite::MIGRATIONS;

use super::{Consumed, Event, Ledger, Outbox, Reminder, Succession, Task, User};
use crate::data_folder::DataFolder;

/// A reader waits this long for a writer that is switching the journal.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) fn open(data: &DataFolder) -> Option<Connection> {
    let file = data.database();
    if !file.exists() {
        return None;
    }
    let database = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY);
    let database = database.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    database.busy_timeout(BUSY_TIMEOUT).unwrap_or_else(|error| panic!("{error}"));
    let version = database.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0));
    let version = version.unwrap_or_else(|error| panic!("the database: {error}"));
    (version as usize == MIGRATIONS.len()).then_some(database)
}

pub(super) fn outbox(database: &Connection) -> rusqlite::Result<Outbox> {
    database.query_row(
        "SELECT (SELECT count(*) FROM events WHERE pending <> 0),
                (SELECT coalesce(max(position), 0) FROM events)",
        [],
        |row| Ok(Outbox { pending: row.get(0)?, last_position: row.get(1)? }),
    )
}

pub(super) fn ledger(database: &Connection) -> rusqlite::Result<Ledger> {
    let moment = database.unchecked_transaction()?;
    Ok(Ledger {
        users: all(
            &moment,
            "SELECT id, change_seq, next_task_number, task_count FROM users ORDER BY id",
            user,
        )?,
        tasks: all(
            &moment,
            "SELECT user_id, number, version, completed, recurrence IS NOT NULL,
                    series_id, occurrence
             FROM tasks ORDER BY user_id, number",
            task,
        )?,
        events: all(
            &moment,
            "SELECT position, user_id, seq, id, number, created_at, body
             FROM events ORDER BY position",
            event,
        )?,
        successions: all(
            &moment,
            "SELECT user_id, series_id, occurrence, successor FROM successions",
            succession,
        )?,
        reminders: all(
            &moment,
            "SELECT user_id, number, n, version, fire_at, state FROM reminders",
            reminder,
        )?,
        inbox: all(&moment, "SELECT consumer, event_id FROM inbox", consumed)?,
    })
}

fn all<T>(
    database: &Connection,
    statement: &str,
    read: fn(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    database.prepare(statement)?.query_map([], read)?.collect()
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(0)?,
        change_seq: row.get(1)?,
        next_task_number: row.get(2)?,
        task_count: row.get(3)?,
    })
}

fn task(row: &Row<'_>) -> rusqlite::Result<Task> {
    Ok(Task {
        user: row.get(0)?,
        number: row.get(1)?,
        version: row.get(2)?,
        is_completed: row.get(3)?,
        is_recurring: row.get(4)?,
        series: row.get(5)?,
        occurrence: row.get(6)?,
    })
}

fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let body: String = row.get(6)?;
    Ok(Event {
        position: row.get(0)?,
        user: row.get(1)?,
        seq: row.get(2)?,
        id: row.get(3)?,
        number: row.get(4)?,
        created_at_ms: row.get(5)?,
        body: serde_json::from_str(&body).unwrap_or_default(),
    })
}

fn succession(row: &Row<'_>) -> rusqlite::Result<Succession> {
    Ok(Succession {
        user: row.get(0)?,
        series: row.get(1)?,
        occurrence: row.get(2)?,
        successor: row.get(3)?,
    })
}

fn reminder(row: &Row<'_>) -> rusqlite::Result<Reminder> {
    Ok(Reminder {
        user: row.get(0)?,
        number: row.get(1)?,
        n: row.get(2)?,
        version: row.get(3)?,
        fire_at_ms: row.get(4)?,
        state: row.get(5)?,
    })
}

fn consumed(row: &Row<'_>) -> rusqlite::Result<Consumed> {
    Ok(Consumed { consumer: row.get(0)?, event_id: row.get(1)? })
}
