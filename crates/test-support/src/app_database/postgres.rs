//! A database on the PostgreSQL server that all tests of a process share.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use postgres::error::SqlState;
use postgres::{Client, NoTls, SimpleQueryMessage};

use super::{Cells, Engine, Moment, NotThere};
use crate::postgres::{Database, Postgres};
use crate::wait::eventually;

/// Every statement sees the same moment, and none can spoil anything.
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// All sessions here but the reader's own, at random.
const OTHER_SESSIONS: &str = "SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
      AND pid <> pg_backend_pid()
    ORDER BY random()";

/// Gone with this value.
#[derive(Debug)]
pub(super) struct PostgresData {
    database: Database,
    reader: Mutex<Reader>,
}

/// Kept open, because connecting costs more than any of the reads.
#[derive(Default)]
struct Reader(Option<Client>);

impl PostgresData {
    pub(super) fn new() -> Self {
        Self::over(Postgres::shared().database())
    }

    pub(super) fn duplicate(&self) -> Self {
        // The server copies a database that nobody is connected to, and it takes a moment to
        // notice that an app has died.
        self.disconnect();
        Self::over(eventually("the database can be copied", || self.database.try_copy().ok()))
    }

    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("database", Engine::Postgres.to_string()),
            ("postgres_url", self.database.url()),
            ("postgres_host", format!("postgres://{}", self.database.server().address())),
        ]
    }

    pub(super) fn server(&self) -> SocketAddr {
        self.database.server().address()
    }

    pub(super) fn terminate_sessions(&self, most: u32) -> u64 {
        let terminate = format!(
            "SELECT pg_terminate_backend(pid) FROM ({OTHER_SESSIONS} LIMIT {most}) AS chosen"
        );
        let terminated = self.read(|moment| moment.rows(&terminate, Cells::flag));
        let terminated = terminated.unwrap_or_default().into_iter().filter(|is_hit| *is_hit);
        terminated.count() as u64
    }

    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&mut Moment<'_>) -> Result<T, NotThere>,
    ) -> Result<T, NotThere> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let client = reader.begin(&self.database);
        let found = work(&mut Moment { select: &mut |statement| select(client, statement) });
        let ended = client.batch_execute("ROLLBACK");
        ended.unwrap_or_else(|error| panic!("the database of the test: {error}"));
        found
    }

    #[track_caller]
    pub(super) fn run(&self, statement: &str) {
        self.database.run(statement);
    }

    fn over(database: Database) -> Self {
        PostgresData { database, reader: Mutex::default() }
    }

    fn disconnect(&self) {
        *self.reader.lock().unwrap_or_else(PoisonError::into_inner) = Reader::default();
    }
}

impl Drop for PostgresData {
    fn drop(&mut self) {
        self.disconnect();
        self.database.remove();
    }
}

impl Reader {
    /// Connects anew when the connection was lost: backends are killed here, too.
    fn begin(&mut self, database: &Database) -> &mut Client {
        if self.0.as_mut().is_some_and(|client| client.batch_execute(BEGIN).is_err()) {
            self.0 = None;
        }
        self.0.get_or_insert_with(|| {
            let client = Client::connect(&database.url(), NoTls).and_then(|mut client| {
                client.batch_execute(BEGIN)?;
                Ok(client)
            });
            client.unwrap_or_else(|error| panic!("the database of the test: {error}"))
        })
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "connected" } else { "not connected" })
    }
}

fn select(client: &mut Client, statement: &str) -> Result<Vec<Cells>, NotThere> {
    let found = client.simple_query(statement).map_err(|error| {
        let is_missing = error.code().is_some_and(|code| {
            [SqlState::UNDEFINED_TABLE, SqlState::UNDEFINED_COLUMN, SqlState::INVALID_SCHEMA_NAME]
                .contains(code)
        });
        assert!(is_missing, "{statement}: {error:?}");
        NotThere
    })?;
    let rows = found.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let cells = rows.map(|row| (0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect());
    Ok(cells.map(Cells::new).collect())
}
