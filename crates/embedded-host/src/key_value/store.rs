//! One store: the rows of its label in a file that several labels may share.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension};

/// As long as a SQLite database of a guest waits; another process may hold the file.
const BUSY_TIMEOUT: Duration = Duration::from_millis(5000);

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS spin_key_value (
    store TEXT NOT NULL,
    key   TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (store, key)
)";

/// A file of stores and its one connection: values are small and calls are short.
pub(super) struct StoreFile {
    path: PathBuf,
    connection: Mutex<Option<Connection>>,
}

#[derive(Debug)]
pub(crate) struct Store {
    label: String,
    file: Arc<StoreFile>,
}

/// What a guest asks of a store.
pub(super) enum Request {
    Get(String),
    Set(String, Vec<u8>),
    Delete(String),
    Keys,
}

pub(super) enum Answer {
    Value(Option<Vec<u8>>),
    Done,
    Keys(Vec<String>),
}

impl Answer {
    /// What a `Get` is answered with.
    pub(super) fn into_value(self) -> Option<Vec<u8>> {
        if let Answer::Value(value) = self { value } else { None }
    }

    /// What `Keys` is answered with.
    pub(super) fn into_keys(self) -> Vec<String> {
        if let Answer::Keys(keys) = self { keys } else { Vec::new() }
    }
}

impl StoreFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, connection: Mutex::default() }
    }

    /// Opens the file with its first call. Blocks.
    fn with<T>(&self, run: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        // The connection is valid whatever thread panicked while holding it.
        let mut kept = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let connection = match kept.take() {
            Some(connection) => connection,
            None => {
                let connection = Connection::open(&self.path)?;
                connection.busy_timeout(BUSY_TIMEOUT)?;
                connection.execute(SCHEMA, [])?;
                connection
            }
        };
        run(kept.insert(connection))
    }
}

impl Store {
    pub(super) fn new(label: String, file: Arc<StoreFile>) -> Self {
        Self { label, file }
    }

    /// Blocks.
    pub(super) fn run(&self, request: Request) -> rusqlite::Result<Answer> {
        let label = &self.label;
        self.file.with(|connection| match request {
            Request::Get(key) => connection
                .prepare_cached("SELECT value FROM spin_key_value WHERE store = ? AND key = ?")?
                .query_row((label, key), |row| row.get(0))
                .optional()
                .map(Answer::Value),
            Request::Set(key, value) => connection
                .prepare_cached(
                    "INSERT INTO spin_key_value (store, key, value) VALUES (?, ?, ?)
                     ON CONFLICT (store, key) DO UPDATE SET value = excluded.value",
                )?
                .execute((label, key, value))
                .map(|_| Answer::Done),
            Request::Delete(key) => connection
                .prepare_cached("DELETE FROM spin_key_value WHERE store = ? AND key = ?")?
                .execute((label, key))
                .map(|_| Answer::Done),
            Request::Keys => connection
                .prepare_cached("SELECT key FROM spin_key_value WHERE store = ? ORDER BY key")?
                .query_map([label], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()
                .map(Answer::Keys),
        })
    }
}

impl std::fmt::Debug for StoreFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreFile").field("path", &self.path).finish_non_exhaustive()
    }
}
