//! The database port on whichever of Spin's databases the application is told to use.

use task_app::settings::Database;
use task_store::{Db, DbError, Dialect, Rows, Value};

use crate::postgres::SpinPostgres;
use crate::sqlite::SpinSqlite;

/// At most one connection for one request.
pub enum SpinDatabase {
    Sqlite(SpinSqlite),
    Postgres(SpinPostgres),
}

impl SpinDatabase {
    pub(crate) fn of(database: &Database) -> Self {
        match database {
            Database::Sqlite => SpinDatabase::Sqlite(SpinSqlite::default()),
            Database::Postgres { url } => SpinDatabase::Postgres(SpinPostgres::new(url.clone())),
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            SpinDatabase::Sqlite(_) => Dialect::Sqlite,
            SpinDatabase::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Gives the connection back; the next statement opens one again.
    pub(crate) fn close(&self) {
        match self {
            SpinDatabase::Sqlite(sqlite) => sqlite.close(),
            SpinDatabase::Postgres(postgres) => postgres.close(),
        }
    }
}

impl Db for SpinDatabase {
    async fn run(&self, statement: &str, params: &[Value]) -> Result<Rows, DbError> {
        match self {
            SpinDatabase::Sqlite(sqlite) => sqlite.run(statement, params).await,
            SpinDatabase::Postgres(postgres) => postgres.run(statement, params).await,
        }
    }
}
