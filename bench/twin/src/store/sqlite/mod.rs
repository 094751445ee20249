//! Connections to the one SQLite file: a writer whose turn is fair, and readers.

mod outbox;
mod tasks;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};
use rusqlite::Connection;

pub(crate) use outbox::{gauges, mark, pending};
pub(crate) use tasks::{create, list, sign_up};

/// The app's own tables, indexes and triggers. Four hyphens end a statement there.
const MIGRATIONS: [&str; 6] = [
    include_str!(
        "../../../../../crates/task-store/src/sqlite/migrations/0001_accounts_and_tasks.sql"
    ),
    include_str!("../../../../../crates/task-store/src/sqlite/migrations/0002_outbox.sql"),
    include_str!("../../../../../crates/task-store/src/sqlite/migrations/0003_records_of_work.sql"),
    include_str!(
        "../../../../../crates/task-store/src/sqlite/migrations/0004_reminders_and_deliveries.sql"
    ),
    include_str!("../../../../../crates/task-store/src/sqlite/migrations/0005_task_changes.sql"),
    include_str!("../../../../../crates/task-store/src/sqlite/migrations/0006_unit_of_work.sql"),
];

/// As many statements as one request prepares, and some.
const STATEMENT_CACHE: usize = 32;

pub(crate) struct Database {
    file: PathBuf,
    /// Waiters get it in their order, so no writer starves.
    writer: Arc<tokio::sync::Mutex<Connection>>,
    /// Idle ones; a reader that finds none opens another.
    readers: Mutex<Vec<Connection>>,
}

impl Database {
    pub(crate) fn open(file: &Path) -> Result<Self> {
        let writer = connect(file)?;
        for migration in MIGRATIONS {
            let batch = migration.replace("\n----\n", ";\n");
            writer.execute_batch(&batch).context("cannot make the tables")?;
        }
        Ok(Database {
            file: file.to_owned(),
            writer: Arc::new(tokio::sync::Mutex::new(writer)),
            readers: Mutex::default(),
        })
    }

    /// Runs one transaction off the async threads; it is on disk when this returns.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let mut writer = Arc::clone(&self.writer).lock_owned().await;
        tokio::task::spawn_blocking(move || {
            let transaction = writer.transaction().context("cannot begin")?;
            let done = work(&transaction)?;
            transaction.commit().context("cannot commit")?;
            Ok(done)
        })
        .await
        .context("the writer's thread is gone")?
    }

    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let database = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let reader = match database.idle_reader() {
                Some(reader) => reader,
                None => connect(&database.file)?,
            };
            let done = work(&reader);
            database.readers.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
            done
        })
        .await
        .context("the reader's thread is gone")?
    }

    fn idle_reader(&self) -> Option<Connection> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

/// A connection as durable as the app's: a commit returns after its record reached the disk.
fn connect(file: &Path) -> Result<Connection> {
    let connection =
        Connection::open(file).with_context(|| format!("cannot open {}", file.display()))?;
    connection.pragma_update(None, "journal_mode", "WAL").context("cannot switch to WAL")?;
    connection.pragma_update(None, "synchronous", "FULL").context("cannot ask for durability")?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    Ok(connection)
}
