//! What can go wrong with the job store. Knows no HTTP status.

use crate::group_commit::Closed;

#[derive(Debug, thiserror::Error)]
pub enum JobStoreError {
    #[error("cannot {operation} the job store")]
    Storage {
        operation: &'static str,
        #[source]
        source: rusqlite::Error,
    },
    /// The commit a caller waited for failed; `reason` is the storage error's text, because one
    /// failure answers every caller of the batch.
    #[error("the job store did not take the change: {reason}")]
    NotCommitted { reason: String },
    #[error("the job store is closed")]
    Closed,
}

impl JobStoreError {
    /// For `map_err`: names what was tried.
    pub(super) fn storage(operation: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| Self::Storage { operation, source }
    }
}

impl From<Closed> for JobStoreError {
    fn from(Closed: Closed) -> Self {
        Self::Closed
    }
}
