//! The outbox on SQLite: what is pending, and that it no longer is.

use anyhow::{Context, Result};
use rusqlite::{Connection, params};

use crate::store::{Gauges, Pending};

pub(crate) fn pending(reader: &Connection, limit: i64) -> Result<Vec<Pending>> {
    // The heads are few: without them the whole log would be searched for what is left.
    let sql = "SELECT position, user_id, body FROM events
               WHERE pending <> 0 AND position >= (SELECT min(position) FROM outbox_heads)
               ORDER BY position LIMIT ?1";
    let mut statement = reader.prepare_cached(sql)?;
    let rows = statement.query_map([limit], |row| {
        Ok(Pending { position: row.get(0)?, user: row.get(1)?, body: row.get(2)? })
    })?;
    rows.collect::<rusqlite::Result<_>>().context("cannot read the outbox")
}

pub(crate) fn mark(writer: &Connection, positions: &[i64], topics: usize) -> Result<()> {
    let sql = "UPDATE events SET pending = 0 WHERE position IN (SELECT value FROM json_each(?1))";
    let marked = writer
        .prepare_cached(sql)?
        .execute([serde_json::to_string(positions)?])
        .context("cannot mark what is published")?;
    writer
        .prepare_cached("UPDATE relay SET published_total = published_total + ?1")?
        .execute(params![(marked * topics) as i64])?;
    Ok(())
}

pub(crate) fn gauges(reader: &Connection) -> Result<Gauges> {
    let sql = "SELECT (SELECT coalesce(sum(waiting), 0) FROM outbox_heads), published_total
               FROM relay";
    let read =
        |row: &rusqlite::Row<'_>| Ok(Gauges { pending: row.get(0)?, published: row.get(1)? });
    reader.query_row(sql, [], read).context("cannot count the outbox")
}
