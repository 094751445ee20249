//! The store on PostgreSQL: the suite of every engine, and what only PostgreSQL has to answer for.
#![expect(clippy::unwrap_used, reason = "a test tells what went wrong by its panic")]

mod bystander;
mod db;
mod interruptions;
mod migration;
mod query_plan;
mod side_by_side;
mod stores;
#[path = "../../../../crates/task-store/tests/suite/mod.rs"]
mod suite;

suite::run_suite!(crate::stores::PostgresStores::fresh());
