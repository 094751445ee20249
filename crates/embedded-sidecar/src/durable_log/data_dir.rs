//! The directory the sidecar's files live in, and the lock that keeps a second sidecar out of it.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::LogError;

const LOG_FILE: &str = "events.db";
/// A file of its own: to forget the jobs is to delete it, and no event is lost by that.
const JOB_FILE: &str = "jobs.db";
const LOCK_FILE: &str = "sidecar.lock";

pub(crate) struct DataDir {
    path: PathBuf,
    /// The lock goes with the file handle, also when the process is killed.
    _lock: File,
}

impl DataDir {
    pub(super) fn lock(path: &Path) -> Result<Self, LogError> {
        let fault = |source| LogError::DataDir { path: path.to_owned(), source };
        std::fs::create_dir_all(path).map_err(fault)?;
        let file = File::create(path.join(LOCK_FILE)).map_err(fault)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: file }),
            Err(TryLockError::WouldBlock) => Err(LogError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(fault(source)),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn log_file(&self) -> PathBuf {
        log_file(&self.path)
    }

    pub(crate) fn job_file(&self) -> PathBuf {
        job_file(&self.path)
    }
}

pub(super) fn log_file(dir: &Path) -> PathBuf {
    dir.join(LOG_FILE)
}

pub(crate) fn job_file(dir: &Path) -> PathBuf {
    dir.join(JOB_FILE)
}
