//! Accounts and tasks on PostgreSQL: one create, one page, one user. The statements are the twin's
//! own.

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use futures::future::try_join4;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::Database;
use crate::store::{RATE_COST, RATE_FULL, RATE_REFILL_PER_MS};
use crate::task::{CreateOutcome, Draft, Page, Row};
use crate::{clock, event};

const SIGN_UP: &str = "
    INSERT INTO taskmaster.users (id, email, name, timezone, token_epoch, created_at)
    VALUES ($1, $2, $2, 'UTC', 0, $3)";

/// Locks the user, counts, and takes from the bucket what it holds enough of.
const COUNT: &str = "
    UPDATE taskmaster.users SET
      next_task_number = next_task_number + 1,
      change_seq = change_seq + 1,
      task_count = task_count + 1,
      rate_level = least($2, coalesce(rate_level, $2) + greatest(0, $3 - rate_at) * $4) - $5,
      rate_at = greatest(rate_at, $3)
    WHERE id = $1 AND deleted_at IS NULL
      AND least($2, coalesce(rate_level, $2) + greatest(0, $3 - rate_at) * $4) >= $5
    RETURNING next_task_number - 1, change_seq";

const IS_USER: &str = "SELECT FROM taskmaster.users WHERE id = $1 AND deleted_at IS NULL";

const INSERT_TASK: &str = "
    INSERT INTO taskmaster.tasks (
      user_id, number, version, title, description, priority, tags, due_at, timezone, recurrence,
      reminders, subtasks, series_id, occurrence, created_at, updated_at, title_key, search_text,
      completed, due_ascending, due_descending
    )
    VALUES (
      $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
      false, coalesce($8, 9000000000000000), coalesce($8, -9000000000000000)
    )";

/// Nothing when the task does not ring.
const INSERT_REMINDER: &str = "
    INSERT INTO taskmaster.reminders (user_id, number, version, n, fire_at, state)
    SELECT $1::uuid, $2::bigint, 1, 1, $3::bigint,
      CASE WHEN $3 < $4::bigint THEN 'skipped' ELSE 'pending' END
    WHERE $3 IS NOT NULL";

/// The event, and its user's place in the outbox.
const INSERT_EVENT: &str = "
    WITH event AS (
      INSERT INTO taskmaster.events (user_id, seq, id, number, body, pending, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7)
      RETURNING user_id, position
    )
    INSERT INTO taskmaster.outbox_heads (user_id, position, retry_at, waiting)
    SELECT user_id, position, 0, 1 FROM event
    ON CONFLICT (user_id) DO UPDATE SET waiting = outbox_heads.waiting + 1";

const INSERT_CHANGE: &str = "
    INSERT INTO taskmaster.changes (change_id, first_number, committed_at) VALUES ($1, $2, $3)";

const HEAD: &str = "
    SELECT change_seq, task_count FROM taskmaster.users WHERE id = $1 AND deleted_at IS NULL";

const LIST: &str = "
    SELECT number, version, title, description, priority, tags, due_at, timezone, recurrence,
      reminders, subtasks, series_id, occurrence, created_at, updated_at
    FROM taskmaster.tasks WHERE user_id = $1 ORDER BY created_at, number LIMIT $2";

pub(crate) async fn sign_up(
    database: &Database,
    user: Uuid,
    email: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let client = database.client().await?;
    let inserted = client.execute(SIGN_UP, &[&user, &email, &now.timestamp_millis()]).await;
    inserted.context("cannot insert the user")?;
    Ok(())
}

pub(crate) async fn create(
    database: &Database,
    user: Uuid,
    draft: &Draft,
    now: DateTime<Utc>,
) -> Result<CreateOutcome> {
    let now_ms = now.timestamp_millis();
    let mut client = database.client().await?;
    let transaction = client.transaction().await.context("cannot begin")?;
    let count = transaction.prepare_cached(COUNT).await?;
    let bucket: [&(dyn ToSql + Sync); 5] =
        [&user, &RATE_FULL, &now_ms, &RATE_REFILL_PER_MS, &RATE_COST];
    let counted = transaction.query_opt(&count, &bucket).await.context("cannot count")?;
    let Some(counted) = counted else {
        let is_user = transaction.query_opt(IS_USER, &[&user]).await?.is_some();
        let refusal = if is_user { CreateOutcome::RateLimited } else { CreateOutcome::NoSuchUser };
        return Ok(refusal);
    };
    let row = Row::of(draft, counted.get(0), now);
    insert(&transaction, user, counted.get(1), &row).await?;
    transaction.commit().await.context("cannot commit")?;
    Ok(CreateOutcome::Created(Box::new(row.shown())))
}

/// The four inserts travel together, so that they cost one round trip.
async fn insert(transaction: &Transaction<'_>, user: Uuid, seq: i64, row: &Row) -> Result<()> {
    let task = transaction.prepare_cached(INSERT_TASK).await?;
    let reminder = transaction.prepare_cached(INSERT_REMINDER).await?;
    let event = transaction.prepare_cached(INSERT_EVENT).await?;
    let change = transaction.prepare_cached(INSERT_CHANGE).await?;
    let (title_key, search_text) = (row.title_key(), row.search_text());
    let columns: [&(dyn ToSql + Sync); 18] = [
        &user,
        &row.number,
        &row.version,
        &row.title,
        &row.description,
        &row.priority,
        &row.tags,
        &row.due_at,
        &row.timezone,
        &row.recurrence,
        &row.reminders,
        &row.subtasks,
        &row.series_id,
        &row.occurrence,
        &row.created_at,
        &row.updated_at,
        &title_key,
        &search_text,
    ];
    let (event_id, change_id) = (clock::mint(), clock::mint());
    let (rings_at, at) = (row.rings_at(), row.created_at);
    let body = event::created(event_id, user, seq, &row.shown()).to_string();
    let ringing: [&(dyn ToSql + Sync); 4] = [&user, &row.number, &rings_at, &at];
    let happened: [&(dyn ToSql + Sync); 7] =
        [&user, &seq, &event_id, &row.number, &body, &event::PENDING, &at];
    let changed: [&(dyn ToSql + Sync); 3] = [&change_id, &row.number, &at];
    let inserts = try_join4(
        transaction.execute(&task, &columns),
        transaction.execute(&reminder, &ringing),
        transaction.execute(&event, &happened),
        transaction.execute(&change, &changed),
    );
    inserts.await.context("cannot insert the task")?;
    Ok(())
}

/// Both statements travel together.
pub(crate) async fn list(database: &Database, user: Uuid, limit: u32) -> Result<Option<Page>> {
    let client = database.client().await?;
    let head = client.prepare_cached(HEAD).await?;
    let list = client.prepare_cached(LIST).await?;
    let limit = i64::from(limit);
    let of_user: [&(dyn ToSql + Sync); 1] = [&user];
    let of_page: [&(dyn ToSql + Sync); 2] = [&user, &limit];
    let answers =
        futures::future::try_join(client.query_opt(&head, &of_user), client.query(&list, &of_page));
    let (head, rows) = answers.await.context("cannot list")?;
    let Some(head) = head else { return Ok(None) };
    let rows: Vec<Row> = rows.iter().map(read).collect();
    Ok(Some(Page::of(&rows, head.get(1), head.get(0))))
}

fn read(row: &tokio_postgres::Row) -> Row {
    Row {
        number: row.get(0),
        version: row.get(1),
        title: row.get(2),
        description: row.get(3),
        priority: row.get(4),
        tags: row.get(5),
        due_at: row.get(6),
        timezone: row.get(7),
        recurrence: row.get(8),
        reminders: row.get(9),
        subtasks: row.get(10),
        series_id: row.get(11),
        occurrence: row.get(12),
        created_at: row.get(13),
        updated_at: row.get(14),
    }
}
