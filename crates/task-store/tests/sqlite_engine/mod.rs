//! SQLite under test: a database file of its own for each test.

mod host_errors;
mod migration;
mod outbox_heads;
mod query_plan;

use std::path::PathBuf;

use task_domain::UserId;
use task_store::{Dialect, SqlStore};
use tempfile::TempDir;
use test_support::sqlite::SqliteDb;

use crate::suite::Stores;

pub(crate) struct SqliteStores {
    folder: TempDir,
}

impl SqliteStores {
    pub(crate) fn fresh() -> Self {
        SqliteStores { folder: TempDir::new().unwrap() }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    pub(crate) fn db(&self) -> SqliteDb {
        SqliteDb::open(&self.path()).unwrap()
    }
}

impl Stores for SqliteStores {
    type Store = SqlStore<SqliteDb>;

    fn open(&self) -> Self::Store {
        SqlStore::new(self.db(), Dialect::Sqlite)
    }

    fn tombstone(&self, user: UserId) {
        let changed = self.db().with(|connection| {
            let sql = "UPDATE users SET deleted_at = 1 WHERE id = ?1";
            connection.execute(sql, [user.to_string()])
        });
        assert_eq!(changed.unwrap(), 1);
    }

    fn dump(&self) -> String {
        self.db().with(dump).unwrap()
    }
}

fn dump(connection: &rusqlite::Connection) -> rusqlite::Result<String> {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
    let mut tables = connection.prepare(tables)?;
    let tables = tables.query_map([], |row| row.get::<_, String>(0))?;
    let mut dump = String::new();
    for table in tables {
        let table = table?;
        let mut rows = connection.prepare(&format!("SELECT * FROM {table}"))?;
        let width = rows.column_count();
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let values: Result<Vec<rusqlite::types::Value>, _> =
                (0..width).map(|it| row.get(it)).collect();
            dump.push_str(&format!("{table} {:?}\n", values?));
        }
    }
    Ok(dump)
}
