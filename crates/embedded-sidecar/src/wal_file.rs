//! SQLite files with one connection that writes and others that read beside it, never waiting for
//! its fsync.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

/// The writing connection; makes the tables of `schema`. The WAL is cut back to `wal_bytes` at a
/// checkpoint: without it one burst would keep its size.
pub(crate) fn open_writer(
    file: &Path,
    schema: &str,
    wal_bytes: i64,
) -> rusqlite::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // FULL syncs the WAL at each commit: a 204 outlives power loss, not just a crash.
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "journal_size_limit", wal_bytes)?;
    connection.execute_batch(schema)?;
    Ok(connection)
}

pub(crate) fn open_reader(file: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(file, flags)
}
