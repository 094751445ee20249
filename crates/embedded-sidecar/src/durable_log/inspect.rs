//! Reading a log from outside while its sidecar runs: what a console consumer prints.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, params};

use super::LogError;
use super::data_dir::log_file;
use super::reader::read_record;
use super::record::{Record, TopicName};

/// Records per page: bounds the memory of a reader that prints a log of any size.
const PAGE: usize = 256;

/// A read-only view that never blocks the writer.
pub struct Inspector {
    connection: Connection,
    topic: Option<String>,
    after: i64,
}

/// A record together with the topic it is on.
#[derive(Clone, Debug)]
pub struct TopicRecord {
    pub topic: TopicName,
    pub record: Record,
}

impl Inspector {
    /// `Ok(None)` while there is no log in `dir` yet.
    pub fn open(dir: &Path, topic: Option<&str>) -> Result<Option<Self>, LogError> {
        let file = log_file(dir);
        if !file.exists() {
            return Ok(None);
        }
        let connection = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .map_err(LogError::storage("open for reading"))?;
        // The file comes into being a moment before its tables do.
        let is_created = connection
            .table_exists(None, "record")
            .map_err(LogError::storage("read the tables of"))?;
        let inspector = Self { connection, topic: topic.map(str::to_owned), after: 0 };
        Ok(is_created.then_some(inspector))
    }

    /// The next records in the order they were committed; empty at the end of the log.
    pub fn next_page(&mut self) -> Result<Vec<TopicRecord>, LogError> {
        self.read_page().map_err(LogError::storage("read records from"))
    }

    fn read_page(&mut self) -> rusqlite::Result<Vec<TopicRecord>> {
        let mut statement = self.connection.prepare_cached(
            "SELECT partition, offset, record_key, payload, metadata, published_at_ms,
                    position, topic.pubsub, topic.name
             FROM record JOIN topic ON topic.id = record.topic_id
             WHERE position > ?1 AND (?2 IS NULL OR topic.name = ?2)
             ORDER BY position LIMIT ?3",
        )?;
        let mut rows = statement.query(params![self.after, self.topic, PAGE])?;
        let mut page = Vec::new();
        while let Some(row) = rows.next()? {
            self.after = row.get(6)?;
            let topic = TopicName { pubsub: row.get(7)?, topic: row.get(8)? };
            page.push(TopicRecord { topic, record: read_record(row)? });
        }
        Ok(page)
    }
}
