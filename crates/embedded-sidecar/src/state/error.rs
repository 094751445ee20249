//! What can go wrong with a store of state. Knows no HTTP status.

use std::path::PathBuf;

use crate::group_commit::Closed;

#[derive(Debug, thiserror::Error)]
pub enum StateStoreError {
    #[error("cannot open the state store in {}", path.display())]
    Open {
        path: PathBuf,
        #[source]
        source: rusqlite::Error,
    },
    #[error("cannot make the folder of the state store in {}", path.display())]
    Folder {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("cannot {operation} the state store")]
    Storage {
        operation: &'static str,
        #[source]
        source: rusqlite::Error,
    },
    /// The commit a caller waited for failed; `reason` is the storage error's text, because one
    /// failure answers every caller of the batch.
    #[error("the state store did not take the change: {reason}")]
    NotCommitted { reason: String },
    #[error("the state store is closed")]
    Closed,
}

impl StateStoreError {
    /// For `map_err`: names what was tried.
    pub(super) fn storage(operation: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| Self::Storage { operation, source }
    }
}

impl From<Closed> for StateStoreError {
    fn from(Closed: Closed) -> Self {
        Self::Closed
    }
}
