//! The outbox on PostgreSQL: what is pending, and that it no longer is.

use anyhow::{Context, Result};
use tokio_postgres::Row;
use uuid::Uuid;

use super::Database;
use crate::store::{Gauges, Pending};

/// Nothing pending lies before the earliest head, so this reads what it gives and little more.
const PENDING: &str = "
    SELECT position, user_id, body FROM taskmaster.events
    WHERE pending <> 0 AND position >= (SELECT min(position) FROM taskmaster.outbox_heads)
    ORDER BY position LIMIT $1";

/// A create waits at its user's head, so what is read after this is the whole truth.
const LOCK_HEADS: &str = "
    SELECT FROM taskmaster.outbox_heads AS head
    WHERE EXISTS (
      SELECT FROM taskmaster.events
      WHERE events.position = ANY ($1) AND events.user_id = head.user_id
    )
    ORDER BY user_id FOR UPDATE";

const MARK: &str = "
    WITH marked AS (
      UPDATE taskmaster.events SET pending = 0
      WHERE position = ANY ($1) AND pending <> 0
      RETURNING 1
    )
    UPDATE taskmaster.relay
    SET published_total = published_total + (SELECT count(*) FROM marked) * $2";

/// Every user of the batch has a new earliest event, or none.
const MOVE_HEADS: &str = "
    WITH head AS (
      SELECT marked.user_id, marked.events,
        (SELECT min(position) FROM taskmaster.events
         WHERE user_id = marked.user_id AND pending <> 0) AS position
      FROM (
        SELECT user_id, count(*) AS events FROM taskmaster.events
        WHERE position = ANY ($1) GROUP BY user_id
      ) AS marked
    ), gone AS (
      DELETE FROM taskmaster.outbox_heads USING head
      WHERE outbox_heads.user_id = head.user_id AND head.position IS NULL
    )
    UPDATE taskmaster.outbox_heads
    SET position = head.position, waiting = waiting - head.events
    FROM head
    WHERE outbox_heads.user_id = head.user_id AND head.position IS NOT NULL";

const GAUGES: &str = "
    SELECT (SELECT coalesce(sum(waiting), 0)::bigint FROM taskmaster.outbox_heads), published_total
    FROM taskmaster.relay";

pub(crate) async fn pending(database: &Database, limit: i64) -> Result<Vec<Pending>> {
    let client = database.client().await?;
    let statement = client.prepare_cached(PENDING).await?;
    let rows = client.query(&statement, &[&limit]).await.context("cannot read the outbox")?;
    let read = |row: &Row| Pending {
        position: row.get(0),
        user: row.get::<_, Uuid>(1).to_string(),
        body: row.get(2),
    };
    Ok(rows.iter().map(read).collect())
}

pub(crate) async fn mark(database: &Database, positions: &[i64], topics: usize) -> Result<()> {
    let mut client = database.client().await?;
    let transaction = client.transaction().await.context("cannot begin")?;
    let lock = transaction.prepare_cached(LOCK_HEADS).await?;
    let mark = transaction.prepare_cached(MARK).await?;
    let moved = transaction.prepare_cached(MOVE_HEADS).await?;
    transaction.query(&lock, &[&positions]).await.context("cannot lock the outbox")?;
    let marked = transaction.execute(&mark, &[&positions, &(topics as i64)]).await;
    marked.context("cannot mark what is published")?;
    transaction.execute(&moved, &[&positions]).await.context("cannot move the heads")?;
    transaction.commit().await.context("cannot commit")
}

pub(crate) async fn gauges(database: &Database) -> Result<Gauges> {
    let client = database.client().await?;
    let statement = client.prepare_cached(GAUGES).await?;
    let row = client.query_one(&statement, &[]).await.context("cannot count the outbox")?;
    Ok(Gauges { pending: row.get(0), published: row.get(1) })
}
