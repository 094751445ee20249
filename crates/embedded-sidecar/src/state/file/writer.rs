//! The one writing connection: commits the changes of many calls as a whole. Knows no waiting
//! callers.

use std::path::Path;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Savepoint, TransactionBehavior};

use super::super::change::{Applied, Change, Effect, Together};
use super::super::error::StateStoreError;
use super::commits::Call;
use super::schema::{CLEAR_ENDED, PUT, READ_ETAG, REMOVE, TABLE, TableName};
use crate::wal_file;

/// Upper bound of the WAL file after a checkpoint.
const WAL_BYTES: i64 = 16 * 1024 * 1024;

pub(super) struct Writer {
    connection: Connection,
    statements: Statements,
}

struct Statements {
    read_etag: String,
    put: String,
    remove: String,
    clear_ended: String,
}

impl Writer {
    pub(super) fn open(file: &Path, table: &TableName) -> Result<Self, StateStoreError> {
        let connection = wal_file::open_writer(file, &table.fill(TABLE), WAL_BYTES)
            .map_err(|source| StateStoreError::Open { path: file.to_owned(), source })?;
        let statements = Statements {
            read_etag: table.fill(READ_ETAG),
            put: table.fill(PUT),
            remove: table.fill(REMOVE),
            clear_ended: table.fill(CLEAR_ENDED),
        };
        Ok(Self { connection, statements })
    }

    /// Commits every call that applies, in order. Returns what came of each call's changes.
    pub(super) fn commit(&mut self, calls: &[Call]) -> Result<Vec<Vec<Applied>>, StateStoreError> {
        let Self { connection, statements } = self;
        let mut write = || -> rusqlite::Result<_> {
            let mut transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            if let Some(call) = calls.last() {
                let now_s = call.now.timestamp();
                transaction.prepare_cached(&statements.clear_ended)?.execute([now_s])?;
            }
            let mut applied = Vec::with_capacity(calls.len());
            for call in calls {
                applied.push(statements.make(call, transaction.savepoint()?)?);
            }
            transaction.commit()?;
            Ok(applied)
        };
        write().map_err(StateStoreError::storage("write to"))
    }
}

impl Statements {
    /// Makes the changes of one call; dropped without a commit, a savepoint leaves nothing behind.
    fn make(&self, call: &Call, savepoint: Savepoint<'_>) -> rusqlite::Result<Vec<Applied>> {
        let mut applied = Vec::with_capacity(call.changes.len());
        for change in &call.changes {
            applied.push(self.make_one(&savepoint, change, call.now)?);
        }
        if call.together == Together::Each || !applied.contains(&Applied::Mismatch) {
            savepoint.commit()?;
        }
        Ok(applied)
    }

    fn make_one(
        &self,
        connection: &Connection,
        change: &Change,
        now: DateTime<Utc>,
    ) -> rusqlite::Result<Applied> {
        let now_s = now.timestamp();
        let current: Option<String> = connection
            .prepare_cached(&self.read_etag)?
            .query_row((&change.key, now_s), |row| row.get(0))
            .optional()?;
        if !change.condition.holds(current.as_deref()) {
            return Ok(Applied::Mismatch);
        }
        match &change.effect {
            Effect::Put(entry) => {
                let (value, etag, ends) = (&entry.value, &entry.etag, entry.expires_at_s);
                let mut put = connection.prepare_cached(&self.put)?;
                put.execute((&change.key, value, etag, ends, now_s))?;
            }
            Effect::Remove => {
                connection.prepare_cached(&self.remove)?.execute([&change.key])?;
            }
        }
        Ok(Applied::Done)
    }
}
