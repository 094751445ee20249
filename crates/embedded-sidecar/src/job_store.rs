//! Jobs on disk: what is acknowledged survives `kill -9`, and the next one due is an index away.
//!
//! Owns the file and every statement on it. It must not know schedules, policies or calls: a job
//! is a name, a text and the time it is due.

mod commits;
mod error;
mod inspect;
mod reader;
mod row;
mod writer;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

pub use error::JobStoreError;
pub use inspect::JobInspector;
pub use row::ScheduledJob;
pub(crate) use row::{JobProgress, JobRow, NewJob};

use crate::durable_log::DataDir;
use crate::lock;
use commits::{Applied, Change, Commits};
use reader::Reader;
use writer::Writer;

/// A shared handle; clones are the same store.
#[derive(Clone)]
pub(crate) struct JobStore {
    commits: Commits,
    reader: Arc<Mutex<Reader>>,
    changed: Arc<Notify>,
    /// Held for the life of the store: two sidecars would each fire every job.
    _data_dir: Arc<DataDir>,
}

/// Whether a new job may take the place of one that has its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TakenName {
    Overwrite,
    LeaveAlone,
}

/// How keeping a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It is on disk.
    Stored,
    /// The name was taken, and the job that has it is on disk.
    Exists,
}

impl JobStore {
    /// Opens or creates the store. Blocks on the file system.
    pub(crate) fn open(data_dir: &Arc<DataDir>) -> Result<Self, JobStoreError> {
        let file = data_dir.job_file();
        let writer = Writer::open(&file)?;
        let reader = Arc::new(Mutex::new(Reader::open(&file)?));
        let commits = Commits::new(writer);
        let changed = Arc::new(Notify::new());
        Ok(Self { commits, reader, changed, _data_dir: Arc::clone(data_dir) })
    }

    pub(crate) async fn keep(&self, job: NewJob, taken: TakenName) -> Result<Kept, JobStoreError> {
        let kept = match self.commits.apply(Change::Keep { job, taken }).await? {
            Applied::Done => Kept::Stored,
            Applied::NameTaken => Kept::Exists,
        };
        self.changed.notify_one();
        Ok(kept)
    }

    /// There is no job of that name afterwards.
    pub(crate) async fn remove(&self, name: &str) -> Result<(), JobStoreError> {
        self.commits.apply(Change::Remove { name: name.to_owned() }).await.map(|_| ())
    }

    /// Notes how far a job has come. One that was removed or overwritten meanwhile stays so.
    pub(crate) async fn advance(
        &self,
        id: i64,
        progress: JobProgress,
    ) -> Result<(), JobStoreError> {
        self.commits.apply(Change::Advance { id, progress }).await.map(|_| ())
    }

    /// The job has fired for the last time.
    pub(crate) async fn finish(&self, id: i64) -> Result<(), JobStoreError> {
        self.commits.apply(Change::Finish { id }).await.map(|_| ())
    }

    /// Up to `limit` jobs due by `now_ms`, earliest first, but those named in `except`.
    pub(crate) async fn due(
        &self,
        now_ms: i64,
        except: HashSet<String>,
        limit: usize,
    ) -> Result<Vec<JobRow>, JobStoreError> {
        self.read(move |reader| reader.due(now_ms, &except, limit)).await
    }

    /// When the first job after `now_ms` is due.
    pub(crate) async fn next_due(&self, now_ms: i64) -> Result<Option<i64>, JobStoreError> {
        self.read(move |reader| reader.next_due(now_ms)).await
    }

    pub(crate) async fn find(&self, name: &str) -> Result<Option<JobRow>, JobStoreError> {
        let name = name.to_owned();
        self.read(move |reader| reader.find(&name)).await
    }

    /// Every job that is still to fire, earliest first.
    pub(crate) async fn list(&self) -> Result<Vec<ScheduledJob>, JobStoreError> {
        self.read(|reader| reader.list()).await
    }

    /// Resolves once something may be due earlier than it was thought.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Says that something may be due earlier, for a reason that is not in the store.
    pub(crate) fn notify(&self) {
        self.changed.notify_one();
    }

    async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Reader) -> Result<T, JobStoreError> + Send + 'static,
    ) -> Result<T, JobStoreError> {
        let reader = Arc::clone(&self.reader);
        tokio::task::spawn_blocking(move || query(&mut lock(&reader)))
            .await
            .map_err(|_| JobStoreError::Closed)?
    }
}
