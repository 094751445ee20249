//! Tasks as rows: one create, one page, one user. The statements are the twin's own.

use anyhow::{Context, Result};
use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{clock, event};

/// Thousandths of a token that a full bucket holds, and that one millisecond brings back.
const RATE_FULL: i64 = 2_000_000;
const RATE_REFILL_PER_MS: i64 = 500;
const RATE_COST: i64 = 1_000;

const PRIORITIES: [&str; 4] = ["low", "medium", "high", "urgent"];

const COLUMNS: &str = "number, version, title, description, priority, tags, due_at, timezone, \
    recurrence, reminders, subtasks, series_id, occurrence, created_at, updated_at";

/// The body of a create.
#[derive(Clone, Deserialize)]
pub(crate) struct Draft {
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    priority: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    due_at: Option<DateTime<Utc>>,
    recurrence: Option<String>,
}

/// A task as the API shows it.
#[derive(Serialize)]
pub(crate) struct Task {
    pub(crate) id: i64,
    title: String,
    description: String,
    completed: bool,
    priority: &'static str,
    tags: Value,
    due_at: Option<String>,
    timezone: String,
    recurrence: Value,
    reminders: Value,
    subtasks: Value,
    pub(crate) created_at: String,
    updated_at: String,
    completed_at: Option<String>,
    version: i64,
    series_id: Option<String>,
    occurrence: Option<i64>,
}

#[derive(Serialize)]
pub(crate) struct Page {
    tasks: Vec<Task>,
    total: i64,
    next_cursor: Option<String>,
    seq: i64,
}

pub(crate) enum CreateOutcome {
    Created(Box<Task>),
    RateLimited,
    NoSuchUser,
}

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

/// Counters and bucket, the task, its event, and the record that makes a repeat harmless.
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
    let series = draft.recurrence.as_ref().map(|_| clock::mint().to_string());
    let task = task(draft, number, series, now);
    insert(transaction, user, draft, &task, now_ms)?;
    let event_id = clock::mint();
    let body = event::created(event_id, user, seq, &task).to_string();
    let event = "INSERT INTO events (user_id, seq, id, number, body, pending, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    transaction.prepare_cached(event)?.execute(params![
        user.to_string(),
        seq,
        event_id.to_string(),
        number,
        body,
        event::PENDING,
        now_ms
    ])?;
    let change = "INSERT INTO changes (change_id, first_number, committed_at) VALUES (?1, ?2, ?3)";
    transaction.prepare_cached(change)?.execute(params![
        clock::mint().to_string(),
        number,
        now_ms
    ])?;
    let user_row = "UPDATE users SET next_task_number = ?2 + 1, change_seq = ?3,
                    task_count = task_count + 1, rate_level = ?4, rate_at = ?5 WHERE id = ?1";
    transaction.prepare_cached(user_row)?.execute(params![
        user.to_string(),
        number,
        seq,
        level - RATE_COST,
        now_ms
    ])?;
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

fn task(draft: &Draft, number: i64, series: Option<String>, now: DateTime<Utc>) -> Task {
    let wanted = draft.priority.as_deref().unwrap_or("medium");
    let reminders = match draft.due_at {
        Some(_) => serde_json::json!([{"before": "PT15M"}]),
        None => serde_json::json!([]),
    };
    let recurrence = draft.recurrence.as_ref().map(|word| {
        serde_json::json!({"rule": format!("FREQ={}", word.to_uppercase()), "basis": "due",
            "until": null, "count": null, "text": word})
    });
    Task {
        id: number,
        title: draft.title.trim().to_owned(),
        description: draft.description.clone(),
        completed: false,
        priority: PRIORITIES.into_iter().find(|known| *known == wanted).unwrap_or("medium"),
        tags: serde_json::json!(draft.tags),
        due_at: draft.due_at.map(instant),
        timezone: "UTC".to_owned(),
        recurrence: recurrence.unwrap_or_default(),
        reminders,
        subtasks: serde_json::json!([]),
        created_at: instant(now),
        updated_at: instant(now),
        completed_at: None,
        version: 1,
        occurrence: series.as_ref().map(|_| 1),
        series_id: series,
    }
}

fn insert(
    transaction: &Transaction<'_>,
    user: Uuid,
    draft: &Draft,
    task: &Task,
    now_ms: i64,
) -> Result<()> {
    let title_key = task.title.to_lowercase();
    let search_text =
        format!("{title_key}\n{}\n{}", task.description.to_lowercase(), draft.tags.join("\n"));
    let sql = format!(
        "INSERT INTO tasks (user_id, {COLUMNS}, title_key, search_text, completed,
             due_ascending, due_descending)
         VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14, ?15, ?16, 0,
             coalesce(?7, 9000000000000000), coalesce(?7, -9000000000000000))"
    );
    transaction
        .prepare_cached(&sql)?
        .execute(params![
            user.to_string(),
            task.id,
            task.title,
            task.description,
            rank(task.priority),
            task.tags.to_string(),
            draft.due_at.map(|at| at.timestamp_millis()),
            task.timezone,
            (!task.recurrence.is_null()).then(|| task.recurrence.to_string()),
            task.reminders.to_string(),
            task.subtasks.to_string(),
            task.series_id,
            task.occurrence,
            now_ms,
            title_key,
            search_text,
        ])
        .context("cannot insert the task")?;
    Ok(())
}

/// The first page in order of creation.
pub(crate) fn list(connection: &Connection, user: Uuid, limit: u32) -> Result<Option<Page>> {
    let user = user.to_string();
    let head = "SELECT change_seq, (SELECT count(*) FROM tasks WHERE user_id = ?1)
                FROM users WHERE id = ?1 AND deleted_at IS NULL";
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
    let tasks: Vec<Task> = rows.collect::<rusqlite::Result<_>>()?;
    let next_cursor = tasks.last().filter(|_| total > i64::from(limit));
    let next_cursor = next_cursor.map(|task| format!("{}:{}", task.created_at, task.id));
    Ok(Some(Page { tasks, total, next_cursor, seq }))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Task> {
    let json = |text: Option<String>| {
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    };
    let at = |ms: i64| DateTime::from_timestamp_millis(ms).map(instant).unwrap_or_default();
    let priority: u16 = row.get("priority")?;
    Ok(Task {
        id: row.get("number")?,
        title: row.get("title")?,
        description: row.get("description")?,
        completed: false,
        priority: PRIORITIES.get(usize::from(priority)).copied().unwrap_or("medium"),
        tags: json(row.get("tags")?),
        due_at: row.get::<_, Option<i64>>("due_at")?.map(at),
        timezone: row.get("timezone")?,
        recurrence: json(row.get("recurrence")?),
        reminders: json(row.get("reminders")?),
        subtasks: json(row.get("subtasks")?),
        created_at: at(row.get("created_at")?),
        updated_at: at(row.get("updated_at")?),
        completed_at: None,
        version: row.get("version")?,
        series_id: row.get("series_id")?,
        occurrence: row.get("occurrence")?,
    })
}

fn rank(priority: &str) -> u16 {
    let ranks = PRIORITIES.into_iter().zip(0..);
    ranks.into_iter().find(|(known, _)| *known == priority).map_or(1, |(_, rank)| rank)
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
