//! Values in a SQLite file: what is acknowledged survives `kill -9`.
//!
//! Owns the file and every statement on it. The table is that of Dapr's own component, so that a
//! file may go from one to the other.

mod commits;
mod reader;
mod schema;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};

use super::change::{Applied, Change, Entry, Together};
use super::error::StateStoreError;
use crate::lock;
use commits::{Call, Commits};
use reader::Reader;
pub(super) use schema::TableName;
use writer::Writer;

/// A shared handle; clones are the same store.
#[derive(Clone)]
pub(super) struct FileStore {
    commits: Commits,
    reader: Arc<Mutex<Reader>>,
}

impl FileStore {
    /// Opens or creates the file. Blocks on the file system.
    pub(super) fn open(file: &Path, table: &TableName) -> Result<Self, StateStoreError> {
        if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|source| StateStoreError::Folder { path: file.to_owned(), source })?;
        }
        let writer = Writer::open(file, table)?;
        let reader = Arc::new(Mutex::new(Reader::open(file, table)?));
        Ok(Self { commits: Commits::new(writer), reader })
    }

    pub(super) async fn read(
        &self,
        keys: Vec<String>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Option<Entry>>, StateStoreError> {
        let reader = Arc::clone(&self.reader);
        tokio::task::spawn_blocking(move || lock(&reader).read(&keys, now))
            .await
            .map_err(|_| StateStoreError::Closed)?
    }

    /// Returns once the changes are on disk.
    pub(super) async fn apply(
        &self,
        changes: Vec<Change>,
        together: Together,
        now: DateTime<Utc>,
    ) -> Result<Vec<Applied>, StateStoreError> {
        self.commits.apply(Call { changes, together, now }).await
    }
}
