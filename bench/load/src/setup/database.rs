//! Where tasks are kept during a run: a file of each side's own, or one PostgreSQL server with a
//! database for each.

use std::sync::Arc;

use clap::ValueEnum;
use test_support::postgres::{Database, Postgres};
use tokio::task::block_in_place;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DatabaseKind {
    Sqlite,
    Postgres,
}

pub(crate) enum Databases {
    Sqlite,
    Postgres(Arc<Postgres>),
}

impl DatabaseKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            DatabaseKind::Sqlite => "SQLite",
            DatabaseKind::Postgres => "PostgreSQL",
        }
    }

    pub(crate) fn flag(self) -> &'static str {
        match self {
            DatabaseKind::Sqlite => "sqlite",
            DatabaseKind::Postgres => "postgres",
        }
    }
}

impl Databases {
    /// PostgreSQL as it is installed, above all with its own durability.
    pub(crate) fn start(kind: DatabaseKind) -> Self {
        match kind {
            DatabaseKind::Sqlite => Databases::Sqlite,
            DatabaseKind::Postgres => {
                Databases::Postgres(block_in_place(|| Arc::new(Postgres::as_installed())))
            }
        }
    }

    /// An empty database, where it is not a file.
    pub(crate) fn fresh(&self) -> Option<Database> {
        match self {
            Databases::Sqlite => None,
            Databases::Postgres(server) => Some(block_in_place(|| server.database())),
        }
    }

    pub(crate) fn process(&self) -> Option<u32> {
        match self {
            Databases::Sqlite => None,
            Databases::Postgres(server) => Some(server.process_id()),
        }
    }
}
