//! The one writing connection: commits a batch of appends and acknowledgements as a whole.
//!
//! Knows partitions and offsets. It must not know who waits for the commit.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::LogError;
use super::commits::Acknowledgement;
use super::partitioner::RoundRobin;
use super::record::{NewRecord, TopicName};
use super::topic::{PARTITIONS, Topic};
use crate::wal_file;

/// Upper bound of the WAL file after a checkpoint.
const WAL_BYTES: i64 = 64 * 1024 * 1024;
/// Records looked at per pruning statement, so that no publish waits long behind one.
const PRUNE_CHUNK: usize = 1_000;

pub(super) struct Writer {
    connection: Connection,
    topics: HashMap<TopicName, Arc<Topic>>,
    spread: RoundRobin,
}

/// Records for one topic, committed or refused together.
pub(super) struct TopicAppend {
    pub(super) topic: TopicName,
    pub(super) records: Vec<NewRecord>,
}

/// Offsets given out by a transaction that has not committed yet.
type Staged = HashMap<(i64, usize), u64>;

impl Writer {
    pub(super) fn open(file: &Path) -> Result<Self, LogError> {
        let connection = wal_file::open_writer(file, include_str!("schema.sql"), WAL_BYTES)
            .map_err(LogError::storage("open"))?;
        let topics = load_topics(&connection).map_err(LogError::storage("load the topics of"))?;
        Ok(Self { connection, topics, spread: RoundRobin::default() })
    }

    /// Commits everything or nothing, then makes it visible to consumers. Returns the topic of
    /// each append.
    pub(super) fn commit(
        &mut self,
        appends: &[&TopicAppend],
        acknowledgements: &[Acknowledgement],
    ) -> Result<Vec<Arc<Topic>>, LogError> {
        let mut staged = Staged::new();
        let mut created = HashMap::new();
        let mut topics = Vec::with_capacity(appends.len());
        let mut write = || -> rusqlite::Result<()> {
            let transaction =
                self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for append in appends {
                let topic = match self.topics.get(&append.topic) {
                    Some(topic) => Arc::clone(topic),
                    None => topic_created_here(&transaction, &mut created, &append.topic)?,
                };
                for record in &append.records {
                    let partition = self.spread.partition_for(record.key.as_deref());
                    let end =
                        staged.entry((topic.id, partition)).or_insert_with(|| topic.end(partition));
                    insert_record(&transaction, topic.id, partition, *end, record)?;
                    *end += 1;
                }
                topics.push(topic);
            }
            for acknowledgement in acknowledgements {
                store_acknowledgement(&transaction, acknowledgement)?;
            }
            transaction.commit()
        };
        write().map_err(LogError::storage("append to"))?;
        self.topics.extend(created);
        for topic in &topics {
            for partition in 0..PARTITIONS {
                if let Some(end) = staged.remove(&(topic.id, partition)) {
                    topic.advance(partition, end);
                }
            }
        }
        Ok(topics)
    }

    /// Deletes the oldest chunk of every partition of `pubsub` that is older than `before_ms`.
    /// Returns how many records went; call again until none does.
    pub(super) fn prune(&mut self, pubsub: &str, before_ms: i64) -> Result<u64, LogError> {
        let mut deleted = 0;
        for (name, topic) in &self.topics {
            if name.pubsub != pubsub {
                continue;
            }
            for partition in 0..PARTITIONS {
                deleted += self
                    .connection
                    .prepare_cached(
                        "DELETE FROM record WHERE position IN (
                             SELECT position FROM (
                                 SELECT position, published_at_ms, offset FROM record
                                 WHERE topic_id = ?1 AND partition = ?2
                                 ORDER BY offset LIMIT ?3)
                             WHERE published_at_ms < ?4 AND offset + 1 < ?5)",
                    )
                    .and_then(|mut statement| {
                        let end = topic.end(partition);
                        statement.execute(params![topic.id, partition, PRUNE_CHUNK, before_ms, end])
                    })
                    .map_err(LogError::storage("prune"))? as u64;
            }
        }
        Ok(deleted)
    }
}

fn load_topics(connection: &Connection) -> rusqlite::Result<HashMap<TopicName, Arc<Topic>>> {
    let mut topics = HashMap::new();
    let mut names = connection.prepare("SELECT id, pubsub, name FROM topic")?;
    let mut rows = names.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let name = TopicName { pubsub: row.get(1)?, topic: row.get(2)? };
        let mut ends = [0; PARTITIONS];
        let mut last = connection.prepare_cached(
            "SELECT partition, max(offset) + 1 FROM record WHERE topic_id = ?1 GROUP BY partition",
        )?;
        let mut partitions = last.query([id])?;
        while let Some(row) = partitions.next()? {
            if let Some(end) = ends.get_mut(row.get::<_, usize>(0)?) {
                *end = row.get(1)?;
            }
        }
        topics.insert(name, Arc::new(Topic::new(id, ends)));
    }
    Ok(topics)
}

/// A topic's row, made in this transaction; registered by the caller only after the commit.
fn topic_created_here(
    transaction: &Transaction<'_>,
    created: &mut HashMap<TopicName, Arc<Topic>>,
    name: &TopicName,
) -> rusqlite::Result<Arc<Topic>> {
    if let Some(topic) = created.get(name) {
        return Ok(Arc::clone(topic));
    }
    let id = transaction
        .prepare_cached("INSERT INTO topic (pubsub, name) VALUES (?1, ?2) RETURNING id")?
        .query_row(params![name.pubsub, name.topic], |row| row.get(0))
        .optional()?
        .ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    let topic = Arc::new(Topic::new(id, [0; PARTITIONS]));
    created.insert(name.clone(), Arc::clone(&topic));
    Ok(topic)
}

fn insert_record(
    transaction: &Transaction<'_>,
    topic_id: i64,
    partition: usize,
    offset: u64,
    record: &NewRecord,
) -> rusqlite::Result<()> {
    // Pairs of strings always serialise.
    let metadata = serde_json::to_string(&record.metadata).unwrap_or_default();
    transaction
        .prepare_cached(
            "INSERT INTO record
                 (topic_id, partition, offset, published_at_ms, record_key, metadata, payload)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            topic_id,
            partition,
            offset,
            record.published_at_ms,
            record.key,
            metadata,
            record.payload.as_ref(),
        ])
        .map(|_| ())
}

fn store_acknowledgement(
    transaction: &Transaction<'_>,
    acknowledgement: &Acknowledgement,
) -> rusqlite::Result<()> {
    let Acknowledgement { group, topic_id, partition, next_offset } = acknowledgement;
    transaction
        .prepare_cached(
            "INSERT INTO consumer_offset (consumer_group, topic_id, partition, next_offset)
             VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET next_offset = excluded.next_offset",
        )?
        .execute(params![group, topic_id, partition, next_offset])
        .map(|_| ())
}
