//! A SQLite file, attached under the name of the schema that its tables have on PostgreSQL: the
//! same statements read both.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::{Cells, Moment, NotThere};

/// How the host names the database that the manifest calls `default`.
const FILE: &str = "sqlite_db.db";
/// A reader waits this long for a writer that is switching the journal.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct SqliteData {
    file: PathBuf,
}

impl SqliteData {
    pub(super) fn in_folder(folder: &Path) -> Self {
        SqliteData { file: folder.join(FILE) }
    }

    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&mut Moment<'_>) -> Result<T, NotThere>,
    ) -> Result<T, NotThere> {
        if !self.file.exists() {
            return Err(NotThere);
        }
        let connection = self.attach("ro");
        let moment = connection.unchecked_transaction();
        let moment = moment.unwrap_or_else(|error| panic!("{}: {error}", self.file.display()));
        work(&mut Moment { select: &mut |statement| select(&moment, statement) })
    }

    #[track_caller]
    pub(super) fn run(&self, statement: &str) {
        let done = self.attach("rw").execute_batch(statement);
        done.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }

    fn attach(&self, mode: &str) -> Connection {
        let open = || -> rusqlite::Result<Connection> {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_URI;
            let connection = Connection::open_in_memory_with_flags(flags)?;
            connection.busy_timeout(BUSY_TIMEOUT)?;
            let name = format!("file:{}?mode={mode}", self.file.display());
            connection.execute("ATTACH ?1 AS taskmaster", [name])?;
            Ok(connection)
        };
        open().unwrap_or_else(|error| panic!("{}: {error}", self.file.display()))
    }
}

fn select(moment: &Connection, statement: &str) -> Result<Vec<Cells>, NotThere> {
    rows(moment, statement).map_err(|error| {
        let text = error.to_string();
        let is_missing = text.contains("no such table") || text.contains("no such column");
        assert!(is_missing, "{statement}: {error}");
        NotThere
    })
}

fn rows(moment: &Connection, statement: &str) -> rusqlite::Result<Vec<Cells>> {
    let mut prepared = moment.prepare(statement)?;
    let width = prepared.column_count();
    let rows = prepared.query_map([], |row| {
        let cells = (0..width).map(|column| row.get_ref(column).map(text));
        Ok(Cells::new(cells.collect::<rusqlite::Result<_>>()?))
    })?;
    rows.collect()
}

fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(integer) => Some(integer.to_string()),
        ValueRef::Real(real) => Some(real.to_string()),
        ValueRef::Text(text) | ValueRef::Blob(text) => {
            Some(String::from_utf8_lossy(text).into_owned())
        }
    }
}
