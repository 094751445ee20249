//! One database file: its idle connections and the queue of its writers.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::metrics::histogram::Histogram;
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// How long a writer waits, in our queue and in SQLite's own: rusqlite's default, which Spin keeps.
const BUSY_TIMEOUT: Duration = Duration::from_millis(5000);

/// Idle connections kept warm. More than can be busy at once on usual machines; each is ~100 KB.
const MAX_IDLE_CONNECTIONS: usize = 64;

/// Prepared statements kept per connection; an application has tens of them.
const STATEMENT_CACHE_CAPACITY: usize = 128;

/// The right to write, held by one connection at a time.
pub(crate) type WriteTurn = OwnedSemaphorePermit;

pub(crate) struct Database {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    /// One permit, handed out first come first served: SQLite's own wait sleeps and retries, and
    /// lets late writers overtake early ones for a second and more.
    write_turn: Arc<Semaphore>,
    /// Never used by a guest. While it has the file open, closing a connection never checkpoints.
    anchor: Mutex<Option<Connection>>,
    write_wait_seconds: Histogram,
}

/// No turn came within the busy timeout.
#[derive(Debug)]
pub(crate) struct TurnTimedOut;

impl Database {
    pub(crate) fn new(path: PathBuf, write_wait_seconds: Histogram) -> Self {
        Self {
            path,
            idle: Mutex::default(),
            write_turn: Arc::new(Semaphore::new(1)),
            anchor: Mutex::default(),
            write_wait_seconds,
        }
    }

    /// A connection no one else has. Blocks while the file is opened.
    pub(crate) fn check_out(&self) -> rusqlite::Result<Connection> {
        if let Some(connection) = lock(&self.idle).pop() {
            return Ok(connection);
        }
        let connection = Connection::open(&self.path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE_CAPACITY);
        Ok(connection)
    }

    /// Takes back a connection that bears no trace of its guest but what `check_out` resets.
    pub(crate) fn recycle(&self, connection: Connection) {
        let mut idle = lock(&self.idle);
        if idle.len() < MAX_IDLE_CONNECTIONS {
            idle.push(connection);
            return;
        }
        drop(idle);
        self.close(connection);
    }

    /// Closes a connection. Blocks; the anchor must hold the file first, see there.
    pub(crate) fn close(&self, connection: Connection) {
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

    pub(crate) async fn write_turn(&self) -> Result<WriteTurn, TurnTimedOut> {
        let started = Instant::now();
        let turn = Arc::clone(&self.write_turn).acquire_owned();
        let outcome = tokio::time::timeout(BUSY_TIMEOUT, turn).await;
        self.write_wait_seconds.observe(started.elapsed().as_secs_f64());
        match outcome {
            Ok(Ok(turn)) => Ok(turn),
            // The semaphore is never closed, so this is the timeout.
            Ok(Err(_)) | Err(_) => Err(TurnTimedOut),
        }
    }

    /// The turn, if nobody has it or waits for it.
    pub(crate) fn try_write_turn(&self) -> Option<WriteTurn> {
        Arc::clone(&self.write_turn).try_acquire_owned().ok()
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The lists are valid whatever thread panicked while holding them.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
