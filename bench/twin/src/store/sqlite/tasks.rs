//! Accounts and tasks on SQLite: one create, one page, one user. The statements are the twin's own.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use uuid::Uuid;

use crate::store::{RATE_COST, RATE_FULL, RATE_REFILL_PER_MS};
use crate::task::{CreateOutcome, Draft, Page, Row};
use crate::{clock, event};

const COLUMNS: &str = "number, version, title, description, priority, tags, due_at, timezone, \
    recurrence, reminders, subtasks, series_id, occurrence, created_at, updated_at";

pub(crate) fn sign_up(
    transaction: &Transaction<'_>,
    user: Uuid,
    email: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let sql = "INSERT INTO users (id, email, name, timezone, token_epoch, created_at)
               VALUES (?1, ?2, ?2, 'UTC', 0, ?3)";
    transaction
        .execute(sql, params![user.to_string(), email, now.timestamp_millis()])
        .context("cannot insert the user")?;
    Ok(())
}

pub(crate) fn create(
    transaction: &Transaction<'_>,
    user: Uuid,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<CreateOutcome> {
    let now_ms = now.timestamp_millis();
    let Some((number, seq, level)) = counters(transaction, user, now_ms)? else {
        return Ok(CreateOutcome::NoSuchUser);
    };
    if level < RATE_COST {
        return Ok(CreateOutcome::RateLimited);
    }
    let row = Row::of(draft, number, now);
    insert(transaction, user, &row)?;
    let task = row.shown();
    let user_id = user.to_string();
    if let Some(rings_at) = row.rings_at() {
        let sql = "INSERT INTO reminders (user_id, number, version, n, fire_at, state)
                   VALUES (?1, ?2, 1, 1, ?3, iif(?3 < ?4, 'skipped', 'pending'))";
        transaction.prepare_cached(sql)?.execute(params![user_id, number, rings_at, now_ms])?;
    }
    let event_id = clock::mint();
    let body = event::created(event_id, user, seq, &task).to_string();
    let sql = "INSERT INTO events (user_id, seq, id, number, body, pending, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let event_id = event_id.to_string();
    let pending = event::PENDING;
    let event = params![user_id, seq, event_id, number, body, pending, now_ms];
    transaction.prepare_cached(sql)?.execute(event)?;
    let sql = "INSERT INTO changes (change_id, first_number, committed_at) VALUES (?1, ?2, ?3)";
    let change = params![clock::mint().to_string(), number, now_ms];
    transaction.prepare_cached(sql)?.execute(change)?;
    let sql = "UPDATE users SET next_task_number = ?2 + 1, change_seq = ?3,
               task_count = task_count + 1, rate_level = ?4, rate_at = ?5 WHERE id = ?1";
    let counted = params![user_id, number, seq, level - RATE_COST, now_ms];
    transaction.prepare_cached(sql)?.execute(counted)?;
    Ok(CreateOutcome::Created(Box::new(task)))
}

/// The next task number, the next sequence, and what the bucket holds by now.
fn counters(
    transaction: &Transaction<'_>,
    user: Uuid,
    now_ms: i64,
) -> Result<Option<(i64, i64, i64)>> {
    let sql = "SELECT next_task_number, change_seq + 1,
                 min(?2, coalesce(rate_level, ?2) + max(0, ?3 - rate_at) * ?4)
               FROM users WHERE id = ?1 AND deleted_at IS NULL";
    let mut statement = transaction.prepare_cached(sql)?;
    let row = statement
        .query_row(params![user.to_string(), RATE_FULL, now_ms, RATE_REFILL_PER_MS], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        });
    row.optional().context("cannot read the user")
}

fn insert(transaction: &Transaction<'_>, user: Uuid, row: &Row) -> Result<()> {
    let sql = format!(
        "INSERT INTO tasks (user_id, {COLUMNS}, title_key, search_text, completed,
             due_ascending, due_descending)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
             0, coalesce(?8, 9000000000000000), coalesce(?8, -9000000000000000))"
    );
    transaction
        .prepare_cached(&sql)?
        .execute(params![
            user.to_string(),
            row.number,
            row.version,
            row.title,
            row.description,
            row.priority,
            row.tags,
            row.due_at,
            row.timezone,
            row.recurrence,
            row.reminders,
            row.subtasks,
            row.series_id.map(|series| series.to_string()),
            row.occurrence,
            row.created_at,
            row.updated_at,
            row.title_key(),
            row.search_text(),
        ])
        .context("cannot insert the task")?;
    Ok(())
}

pub(crate) fn list(connection: &Connection, user: Uuid, limit: u32) -> Result<Option<Page>> {
    let user = user.to_string();
    let head = "SELECT change_seq, task_count FROM users WHERE id = ?1 AND deleted_at IS NULL";
    let head = connection
        .prepare_cached(head)?
        .query_row([&user], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((seq, total)) = head else { return Ok(None) };
    let sql = format!(
        "SELECT {COLUMNS} FROM tasks WHERE user_id = ?1 ORDER BY created_at, number LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![user, limit], read)?;
    let rows: Vec<Row> = rows.collect::<rusqlite::Result<_>>()?;
    Ok(Some(Page::of(&rows, total, seq)))
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let series: Option<String> = row.get("series_id")?;
    Ok(Row {
        number: row.get("number")?,
        version: row.get("version")?,
        title: row.get("title")?,
        description: row.get("description")?,
        priority: row.get("priority")?,
        tags: row.get("tags")?,
        due_at: row.get("due_at")?,
        timezone: row.get("timezone")?,
        recurrence: row.get("recurrence")?,
        reminders: row.get("reminders")?,
        subtasks: row.get("subtasks")?,
        series_id: series.and_then(|series| Uuid::parse_str(&series).ok()),
        occurrence: row.get("occurrence")?,
        created_at: row.get("created_at")?,
        updated_at: row.get("updated_at")?,
    })
}
