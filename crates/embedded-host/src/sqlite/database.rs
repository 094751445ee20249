//! One database file: its idle connections and the queue of its writers.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prometheus_client::metrics::histogram::Histogram;
use rusqlite::Connection;

use super::write_queue::WriteQueue;

/// How long a writer waits, in our queue and in SQLite's own: rusqlite's default, which Spin keeps.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_millis(5000);

/// Idle connections kept warm. More than can be busy at once on usual machines; each is ~100 KB.
const MAX_IDLE_CONNECTIONS: usize = 64;

/// Prepared statements kept per connection; an application has tens of them.
const STATEMENT_CACHE_CAPACITY: usize = 128;

pub(crate) struct Database {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    /// Never used by a guest. While it has the file open, closing a connection never checkpoints.
    anchor: Mutex<Option<Connection>>,
    pub(super) writers: Arc<WriteQueue>,
}

impl Database {
    pub(crate) fn new(path: PathBuf, write_wait_seconds: Histogram) -> Self {
        let writers = WriteQueue::new(write_wait_seconds);
        Self { path, idle: Mutex::default(), anchor: Mutex::default(), writers }
    }

    /// A connection no one else has. Blocks while the file is opened.
    pub(super) fn check_out(&self) -> rusqlite::Result<Connection> {
        if let Some(connection) = lock(&self.idle).pop() {
            return Ok(connection);
        }
        let connection = Connection::open(&self.path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE_CAPACITY);
        Ok(connection)
    }

    /// Takes back a connection that bears no trace of its guest but what a session resets.
    pub(super) fn recycle(&self, connection: Connection) {
        let mut idle = lock(&self.idle);
        if idle.len() < MAX_IDLE_CONNECTIONS {
            idle.push(connection);
            return;
        }
        drop(idle);
        self.close(connection);
    }

    /// Closes a connection. Blocks; the anchor must hold the file first, see there.
    pub(super) fn close(&self, connection: Connection) {
        let mut anchor = lock(&self.anchor);
        if anchor.is_none() {
            *anchor = Connection::open(&self.path).ok();
        }
        if let Some(anchor) = anchor.as_ref() {
            // Reading is what makes SQLite open the log; merely opening the file does not. That it
            // fails on an unreadable database changes nothing for the guest.
            let _ = anchor.query_row("PRAGMA schema_version", [], |_| Ok(()));
        }
        drop(connection);
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The connections are valid whatever thread panicked while holding them.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
