//! Reading jobs. A connection of its own, so that nobody who reads waits for a commit's fsync.

use std::collections::HashSet;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::JobStoreError;
use super::row::{JobProgress, JobRow, NewJob, ScheduledJob};
use crate::wal_file;

pub(super) struct Reader {
    connection: Connection,
}

impl Reader {
    pub(super) fn open(file: &Path) -> Result<Self, JobStoreError> {
        let connection =
            wal_file::open_reader(file).map_err(JobStoreError::storage("open for reading"))?;
        Ok(Self { connection })
    }

    pub(super) fn due(
        &self,
        now_ms: i64,
        except: &HashSet<String>,
        limit: usize,
    ) -> Result<Vec<JobRow>, JobStoreError> {
        let read = || -> rusqlite::Result<Vec<JobRow>> {
            let mut statement = self.connection.prepare_cached(
                "SELECT id, name, stated, expires_at_ms, ticks_done, tick_at_ms, failures, due_at_ms
                 FROM job WHERE due_at_ms <= ?1 ORDER BY due_at_ms, id",
            )?;
            let mut rows = statement.query([now_ms])?;
            let mut due = Vec::new();
            while due.len() < limit
                && let Some(row) = rows.next()?
            {
                if !except.contains(row.get_ref(1)?.as_str()?) {
                    due.push(read_job(row)?);
                }
            }
            Ok(due)
        };
        read().map_err(JobStoreError::storage("read due jobs from"))
    }

    pub(super) fn next_due(&self, now_ms: i64) -> Result<Option<i64>, JobStoreError> {
        self.connection
            .prepare_cached("SELECT min(due_at_ms) FROM job WHERE due_at_ms > ?1")
            .and_then(|mut statement| statement.query_row([now_ms], |row| row.get(0)))
            .map_err(JobStoreError::storage("read the next job's time from"))
    }

    pub(super) fn find(&self, name: &str) -> Result<Option<JobRow>, JobStoreError> {
        self.connection
            .prepare_cached(
                "SELECT id, name, stated, expires_at_ms, ticks_done, tick_at_ms, failures, due_at_ms
                 FROM job WHERE name = ?1",
            )
            .and_then(|mut statement| statement.query_row([name], read_job).optional())
            .map_err(JobStoreError::storage("read a job from"))
    }

    pub(super) fn list(&self) -> Result<Vec<ScheduledJob>, JobStoreError> {
        let jobs = page(&self.connection, Place::START, usize::MAX)?;
        Ok(jobs.into_iter().map(|(_, job)| job).collect())
    }
}

/// A place in the order of what is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    due_at_ms: i64,
    id: i64,
}

impl Place {
    /// Before every job.
    pub(super) const START: Self = Self { due_at_ms: i64::MIN, id: 0 };
}

/// The jobs after a place, with the place of each.
pub(super) fn page(
    connection: &Connection,
    after: Place,
    limit: usize,
) -> Result<Vec<(Place, ScheduledJob)>, JobStoreError> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let read = || -> rusqlite::Result<_> {
        let mut statement = connection.prepare_cached(
            "SELECT id, name, stated, due_at_ms, ticks_done, failures FROM job
             WHERE (due_at_ms, id) > (?1, ?2) ORDER BY due_at_ms, id LIMIT ?3",
        )?;
        let jobs = statement.query_map(params![after.due_at_ms, after.id, limit], |row| {
            let job = ScheduledJob {
                name: row.get(1)?,
                stated: row.get(2)?,
                due_at_ms: row.get(3)?,
                ticks_done: row.get(4)?,
                failures: row.get(5)?,
            };
            Ok((Place { due_at_ms: job.due_at_ms, id: row.get(0)? }, job))
        })?;
        jobs.collect()
    };
    read().map_err(JobStoreError::storage("list the jobs of"))
}

fn read_job(row: &Row<'_>) -> rusqlite::Result<JobRow> {
    let progress = JobProgress {
        ticks_done: row.get(4)?,
        tick_at_ms: row.get(5)?,
        failures: row.get(6)?,
        due_at_ms: row.get(7)?,
    };
    let (name, stated, expires_at_ms) = (row.get(1)?, row.get(2)?, row.get(3)?);
    Ok(JobRow { id: row.get(0)?, job: NewJob { name, stated, expires_at_ms, progress } })
}
