//! Empties the outbox into the log, in order of commit.

use std::sync::Arc;

use anyhow::{Context, Result};
use rusqlite::{Connection, params};
use serde_json::Value;
use tokio::sync::Notify;

use crate::database::Database;
use crate::event;
use crate::log::{Log, Record};

/// One batch: as many events as the app's relay takes.
const BATCH: i64 = 100;

pub(crate) struct Relay {
    database: Arc<Database>,
    log: Log,
    /// Everything up to here is published; the relay is alone, so nothing earlier appears.
    published_up_to: i64,
}

struct Pending {
    position: i64,
    user: String,
    body: String,
}

impl Relay {
    pub(crate) fn new(database: Arc<Database>, log: Log) -> Self {
        Relay { database, log, published_up_to: 0 }
    }

    /// A notification that comes during a drain is kept, so no wake-up is lost.
    pub(crate) async fn run(mut self, committed: Arc<Notify>) {
        loop {
            committed.notified().await;
            if let Err(error) = self.drain().await {
                eprintln!("the relay failed: {error:#}");
                return;
            }
        }
    }

    async fn drain(&mut self) -> Result<()> {
        loop {
            let after = self.published_up_to;
            let batch = self.database.read(move |reader| next(reader, after)).await?;
            let Some(last) = batch.last().map(|event| event.position) else { return Ok(()) };
            tokio::task::block_in_place(|| self.log.append(&records(&batch)))?;
            self.database.write(move |transaction| mark(transaction, after, last)).await?;
            self.published_up_to = last;
        }
    }
}

/// What is pending, and the (event, topic) pairs published so far.
pub(crate) fn gauges(reader: &Connection) -> Result<(i64, i64)> {
    let sql = "SELECT (SELECT count(*) FROM events WHERE pending <> 0), published_total FROM relay";
    let gauges = reader.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)));
    gauges.context("cannot count the outbox")
}

fn next(reader: &Connection, after: i64) -> Result<Vec<Pending>> {
    let sql = "SELECT position, user_id, body FROM events
               WHERE position > ?1 AND pending <> 0 ORDER BY position LIMIT ?2";
    let mut statement = reader.prepare_cached(sql)?;
    let rows = statement.query_map(params![after, BATCH], |row| {
        Ok(Pending { position: row.get(0)?, user: row.get(1)?, body: row.get(2)? })
    })?;
    rows.collect::<rusqlite::Result<_>>().context("cannot read the outbox")
}

fn records(batch: &[Pending]) -> Vec<Record> {
    let mut records = Vec::with_capacity(batch.len() * event::TOPICS.len());
    for Pending { user, body, .. } in batch {
        let copy = event::sync_copy(&serde_json::from_str::<Value>(body).unwrap_or_default());
        let bodies = [body.clone(), copy.to_string()];
        for (topic, body) in event::TOPICS.into_iter().zip(bodies) {
            records.push(Record { topic, user: user.clone(), body });
        }
    }
    records
}

fn mark(transaction: &Connection, after: i64, last: i64) -> Result<()> {
    let marked = transaction
        .prepare_cached("UPDATE events SET pending = 0 WHERE position > ?1 AND position <= ?2")?
        .execute(params![after, last])
        .context("cannot mark what is published")?;
    transaction
        .prepare_cached("UPDATE relay SET published_total = published_total + ?1")?
        .execute(params![(marked * event::TOPICS.len()) as i64])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::{self, CreateOutcome, Draft};
    use crate::{clock, database};

    #[tokio::test(flavor = "multi_thread")]
    async fn a_created_task_is_listed_and_its_event_published_once_to_both_topics() {
        let folder = tempfile::tempdir().unwrap();
        let database = Arc::new(Database::open(&folder.path().join("tasks.db")).unwrap());
        let (user, now) = (clock::mint(), clock::now());
        let draft: Draft = serde_json::from_str(r#"{"title":"Water plants"}"#).unwrap();
        let created = database.write(move |transaction| {
            task::sign_up(transaction, user, "a@example.com", now)?;
            task::create(transaction, user, &draft, now)
        });
        assert!(matches!(created.await.unwrap(), CreateOutcome::Created(_)));
        let page = database.read(move |reader| task::list(reader, user, 20)).await.unwrap();
        let page = serde_json::to_value(page).unwrap();
        assert_eq!((&page["total"], &page["tasks"][0]["id"]), (&1.into(), &1.into()));

        let log_file = folder.path().join("log.db");
        let mut relay = Relay::new(Arc::clone(&database), Log::open(&log_file).unwrap());
        relay.drain().await.unwrap();
        relay.drain().await.unwrap();
        assert_eq!(database.read(gauges).await.unwrap(), (0, 2));
        let log = database::connect(&log_file).unwrap();
        let topics: String =
            log.query_row("SELECT group_concat(topic) FROM records", [], |row| row.get(0)).unwrap();
        assert_eq!(topics, "task-events,task-updates");
    }
}
