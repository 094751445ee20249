//! The database of an app under test, whichever engine keeps it: named to the app, read from
//! outside while the app runs, copied, and gone with its folder. Knows statements, no tables.

mod cells;
mod postgres;
mod sqlite;

use std::net::SocketAddr;
use std::path::Path;
use std::{env, fmt};

pub use cells::Cells;

use self::postgres::PostgresData;
use self::sqlite::SqliteData;

/// Decides for a whole run of tests where its apps keep their data: `sqlite` or `postgres`.
const VARIABLE: &str = "TASKMASTER_TEST_DATABASE";

/// What keeps an app's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// One app's database. Its tables lie in the schema `taskmaster` on either engine.
#[derive(Debug)]
pub struct AppDatabase(Data);

#[derive(Debug)]
enum Data {
    Sqlite(SqliteData),
    Postgres(Box<PostgresData>),
}

/// Reads that all see the database at the same moment.
pub struct Moment<'c> {
    select: &'c mut Select<'c>,
}

type Select<'c> = dyn FnMut(&str) -> Result<Vec<Cells>, NotThere> + 'c;

/// A table or a column that the app has not made yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotThere;

impl Engine {
    /// What the environment says, SQLite when it says nothing.
    pub fn of_this_run() -> Self {
        match env::var(VARIABLE).as_deref() {
            Err(env::VarError::NotPresent) | Ok("sqlite") => Engine::Sqlite,
            Ok("postgres") => Engine::Postgres,
            other => panic!("{VARIABLE} is {other:?}; it may be sqlite or postgres"),
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        })
    }
}

impl AppDatabase {
    /// An empty one. On SQLite the host makes it in this folder, on PostgreSQL it is made here.
    pub(crate) fn new(engine: Engine, folder: &Path) -> Self {
        AppDatabase(match engine {
            Engine::Sqlite => Data::Sqlite(SqliteData::in_folder(folder)),
            Engine::Postgres => Data::Postgres(Box::new(PostgresData::new())),
        })
    }

    /// The copy that belongs to the copy of a folder. Nobody may be using the original.
    pub(crate) fn duplicate(&self, copy: &Path) -> Self {
        AppDatabase(match &self.0 {
            // It was copied with the folder.
            Data::Sqlite(_) => Data::Sqlite(SqliteData::in_folder(copy)),
            Data::Postgres(data) => Data::Postgres(Box::new(data.duplicate())),
        })
    }

    /// The app's variables that lead here.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        match &self.0 {
            // What an app does when it is told nothing.
            Data::Sqlite(_) => Vec::new(),
            Data::Postgres(data) => data.variables(),
        }
    }

    /// The same with another address in the place of the server's, from which a way leads there.
    pub fn variables_by_way_of(&self, way: SocketAddr) -> Vec<(&'static str, String)> {
        let mut variables = self.variables();
        if let Some(server) = self.server() {
            for (_, value) in &mut variables {
                *value = value.replace(&server.to_string(), &way.to_string());
            }
        }
        variables
    }

    /// Where a server keeps it; `None` for a file.
    pub fn server(&self) -> Option<SocketAddr> {
        match &self.0 {
            Data::Sqlite(_) => None,
            Data::Postgres(data) => Some(data.server()),
        }
    }

    /// Ends up to so many sessions of whoever uses it, whatever they are at. Says how many it hit;
    /// a file has none.
    pub fn terminate_sessions(&self, most: u32) -> u64 {
        match &self.0 {
            Data::Sqlite(_) => 0,
            Data::Postgres(data) => data.terminate_sessions(most),
        }
    }

    /// What `work` finds; `None` before the first request has made the tables.
    pub fn read<T>(&self, work: impl FnOnce(&mut Moment<'_>) -> Result<T, NotThere>) -> Option<T> {
        match &self.0 {
            Data::Sqlite(data) => data.read(work),
            Data::Postgres(data) => data.read(work),
        }
        .ok()
    }

    /// Runs a statement as an outsider, for what a test does behind the app's back.
    #[track_caller]
    pub fn run(&self, statement: &str) {
        match &self.0 {
            Data::Sqlite(data) => data.run(statement),
            Data::Postgres(data) => data.run(statement),
        }
    }
}

impl Moment<'_> {
    pub fn rows<T>(
        &mut self,
        statement: &str,
        row: impl FnMut(&mut Cells) -> T,
    ) -> Result<Vec<T>, NotThere> {
        Ok((self.select)(statement)?.iter_mut().map(row).collect())
    }
}
