//! Reading values. A connection of its own, so that nobody who reads waits for a commit's fsync.

use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row};

use super::super::change::Entry;
use super::super::error::StateStoreError;
use super::schema::{READ, TableName};
use crate::wal_file;

pub(super) struct Reader {
    connection: Connection,
    statement: String,
}

impl Reader {
    pub(super) fn open(file: &Path, table: &TableName) -> Result<Self, StateStoreError> {
        let connection = wal_file::open_reader(file)
            .map_err(|source| StateStoreError::Open { path: file.to_owned(), source })?;
        Ok(Self { connection, statement: table.fill(READ) })
    }

    /// One value for each key, as they are at one moment.
    pub(super) fn read(
        &mut self,
        keys: &[String],
        now: DateTime<Utc>,
    ) -> Result<Vec<Option<Entry>>, StateStoreError> {
        let mut read = || -> rusqlite::Result<_> {
            let snapshot = self.connection.transaction()?;
            let mut statement = snapshot.prepare_cached(&self.statement)?;
            keys.iter()
                .map(|key| statement.query_row((key, now.timestamp()), read_entry).optional())
                .collect()
        };
        read().map_err(StateStoreError::storage("read"))
    }
}

/// What Dapr's component was given over gRPC as bytes, it keeps as base64.
fn read_entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let (value, is_binary): (String, bool) = (row.get(0)?, row.get(3)?);
    let value = if is_binary {
        let bytes = BASE64_STANDARD.decode(&value).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        value
    };
    Ok(Entry { value, etag: row.get(1)?, expires_at_s: row.get(2)? })
}
