//! What can go wrong with the log. Knows no HTTP status.

use std::path::PathBuf;

use crate::group_commit::Closed;

#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("cannot use the data directory {}", path.display())]
    DataDir {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("the data directory {} is in use by another sidecar", path.display())]
    InUse { path: PathBuf },
    #[error("cannot {operation} the event log")]
    Storage {
        operation: &'static str,
        #[source]
        source: rusqlite::Error,
    },
    /// The commit a caller waited for failed; `reason` is the storage error's text, because one
    /// failure answers every caller of the batch.
    #[error("the event log did not take the records: {reason}")]
    NotCommitted { reason: String },
    #[error("the event log is closed")]
    Closed,
}

impl LogError {
    /// For `map_err`: names what was tried.
    pub(super) fn storage(operation: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| Self::Storage { operation, source }
    }
}

impl From<Closed> for LogError {
    fn from(Closed: Closed) -> Self {
        Self::Closed
    }
}
