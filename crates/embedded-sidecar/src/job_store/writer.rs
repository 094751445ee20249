//! The one writing connection: commits a batch of changes as a whole. Knows no waiting callers.

use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::commits::{Applied, Change};
use super::row::{JobProgress, NewJob};
use super::{JobStoreError, TakenName};
use crate::wal_file;

/// Upper bound of the WAL file after a checkpoint.
const WAL_BYTES: i64 = 16 * 1024 * 1024;

pub(super) struct Writer {
    connection: Connection,
}

impl Writer {
    pub(super) fn open(file: &Path) -> Result<Self, JobStoreError> {
        let connection = wal_file::open_writer(file, include_str!("schema.sql"), WAL_BYTES)
            .map_err(JobStoreError::storage("open"))?;
        Ok(Self { connection })
    }

    /// Commits everything or nothing, in order. Returns what came of each change.
    pub(super) fn commit(&mut self, changes: &[Change]) -> Result<Vec<Applied>, JobStoreError> {
        let mut write = || -> rusqlite::Result<Vec<Applied>> {
            let transaction =
                self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut applied = Vec::with_capacity(changes.len());
            for change in changes {
                applied.push(apply(&transaction, change)?);
            }
            transaction.commit()?;
            Ok(applied)
        };
        write().map_err(JobStoreError::storage("write to"))
    }
}

fn apply(transaction: &Transaction<'_>, change: &Change) -> rusqlite::Result<Applied> {
    match change {
        Change::Keep { job, taken } => return keep(transaction, job, *taken),
        Change::Remove { name } => {
            transaction.prepare_cached("DELETE FROM job WHERE name = ?1")?.execute([name])?;
        }
        Change::Advance { id, progress } => {
            let JobProgress { ticks_done, tick_at_ms, failures, due_at_ms } = progress;
            transaction
                .prepare_cached(
                    "UPDATE job SET ticks_done = ?2, tick_at_ms = ?3, failures = ?4, due_at_ms = ?5
                     WHERE id = ?1",
                )?
                .execute(params![id, ticks_done, tick_at_ms, failures, due_at_ms])?;
        }
        Change::Finish { id } => {
            transaction.prepare_cached("DELETE FROM job WHERE id = ?1")?.execute([id])?;
        }
    }
    Ok(Applied::Done)
}

fn keep(
    transaction: &Transaction<'_>,
    job: &NewJob,
    taken: TakenName,
) -> rusqlite::Result<Applied> {
    let statement = match taken {
        // REPLACE deletes the old row: the new one gets a new id, and starts from nothing.
        TakenName::Overwrite => {
            "INSERT OR REPLACE INTO job
                 (name, stated, expires_at_ms, ticks_done, tick_at_ms, failures, due_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        }
        TakenName::LeaveAlone => {
            "INSERT INTO job
                 (name, stated, expires_at_ms, ticks_done, tick_at_ms, failures, due_at_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING"
        }
    };
    let JobProgress { ticks_done, tick_at_ms, failures, due_at_ms } = job.progress;
    let (name, stated, expires_at_ms) = (&job.name, &job.stated, job.expires_at_ms);
    let rows = transaction.prepare_cached(statement)?.execute(params![
        name,
        stated,
        expires_at_ms,
        ticks_done,
        tick_at_ms,
        failures,
        due_at_ms
    ])?;
    Ok(if rows == 0 { Applied::NameTaken } else { Applied::Done })
}
