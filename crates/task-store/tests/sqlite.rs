//! The store on SQLite: the suite of every engine, and what only SQLite has to answer for.
#![expect(clippy::unwrap_used, reason = "a test tells what went wrong by its panic")]

mod sqlite_engine;
mod suite;

suite::run_suite!(crate::sqlite_engine::SqliteStores::fresh());
