//! Reading records and progress. A connection of its own, so that consumers never wait for a
//! commit's fsync.

use std::path::Path;

use bytes::Bytes;
use rusqlite::{Connection, Row, params};

use super::LogError;
use super::record::Record;
use super::topic::PARTITIONS;
use crate::wal_file;

/// Bytes one fetch may hold, however many records that is; the first record always fits. Every
/// partition of every subscription may hold one fetch.
const FETCH_BYTES: usize = 1024 * 1024;

pub(super) struct Reader {
    connection: Connection,
}

impl Reader {
    pub(super) fn open(file: &Path) -> Result<Self, LogError> {
        let connection =
            wal_file::open_reader(file).map_err(LogError::storage("open for reading"))?;
        Ok(Self { connection })
    }

    pub(super) fn progress(
        &self,
        group: &str,
        topic_id: i64,
    ) -> Result<[u64; PARTITIONS], LogError> {
        let mut offsets = [0; PARTITIONS];
        let mut read = || -> rusqlite::Result<()> {
            let mut statement = self.connection.prepare_cached(
                "SELECT partition, next_offset FROM consumer_offset
                 WHERE consumer_group = ?1 AND topic_id = ?2",
            )?;
            let mut rows = statement.query(params![group, topic_id])?;
            while let Some(row) = rows.next()? {
                if let Some(offset) = offsets.get_mut(row.get::<_, usize>(0)?) {
                    *offset = row.get(1)?;
                }
            }
            Ok(())
        };
        read().map_err(LogError::storage("read a consumer's progress from"))?;
        Ok(offsets)
    }

    pub(super) fn fetch(
        &self,
        topic_id: i64,
        partition: usize,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Record>, LogError> {
        let read = || -> rusqlite::Result<Vec<Record>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT partition, offset, record_key, payload, metadata, published_at_ms
                 FROM record WHERE topic_id = ?1 AND partition = ?2 AND offset >= ?3
                 ORDER BY offset LIMIT ?4",
            )?;
            let mut rows = statement.query(params![topic_id, partition, from, limit])?;
            let (mut records, mut bytes) = (Vec::new(), 0);
            while bytes < FETCH_BYTES
                && let Some(row) = rows.next()?
            {
                let record = read_record(row)?;
                bytes += record.payload.len();
                records.push(record);
            }
            Ok(records)
        };
        read().map_err(LogError::storage("read records from"))
    }
}

/// A row of `partition, offset, record_key, payload, metadata, published_at_ms`.
pub(super) fn read_record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let metadata: String = row.get(4)?;
    Ok(Record {
        partition: row.get(0)?,
        offset: row.get(1)?,
        key: row.get(2)?,
        payload: Bytes::from(row.get::<_, Vec<u8>>(3)?),
        metadata: serde_json::from_str(&metadata).unwrap_or_default(),
        published_at_ms: row.get(5)?,
    })
}
