//! Reading the jobs from outside while their sidecar runs: what an operator lists.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::JobStoreError;
use super::reader::{Place, page};
use super::row::ScheduledJob;
use crate::durable_log::job_file;

/// Jobs per page: bounds the memory of a reader that lists a store of any size.
const PAGE: usize = 256;

/// A read-only view that never blocks the writer.
pub struct JobInspector {
    connection: Connection,
    after: Place,
}

impl JobInspector {
    /// `Ok(None)` while there is no store in `dir` yet.
    pub fn open(dir: &Path) -> Result<Option<Self>, JobStoreError> {
        let file = job_file(dir);
        if !file.exists() {
            return Ok(None);
        }
        let connection = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .map_err(JobStoreError::storage("open for reading"))?;
        // The file comes into being a moment before its table does.
        let is_created = connection
            .table_exists(None, "job")
            .map_err(JobStoreError::storage("read the tables of"))?;
        Ok(is_created.then_some(Self { connection, after: Place::START }))
    }

    /// The next jobs in the order in which they are due; empty at the end.
    pub fn next_page(&mut self) -> Result<Vec<ScheduledJob>, JobStoreError> {
        let jobs = page(&self.connection, self.after, PAGE)?;
        if let Some((place, _)) = jobs.last() {
            self.after = *place;
        }
        Ok(jobs.into_iter().map(|(_, job)| job).collect())
    }
}
