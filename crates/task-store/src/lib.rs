//! The only SQL: what is stored, and the one statement that changes it.
//!
//! This crate must not know HTTP, JSON contracts, Dapr or a clock. There is no `begin` and no
//! `commit` to call: a unit of work is one [`ChangeSet`], and it happens whole or not at all.
#![expect(async_fn_in_trait, reason = "guests are single-threaded; their futures need not be Send")]

pub mod account;
pub mod change_set;
pub mod db;
pub mod operations;
pub mod query;
pub mod relay;
pub mod sqlite;
pub mod store;

pub use change_set::{ChangeSet, CommitOutcome, Committed};
pub use db::{Db, DbError, Rows, Value};
pub use sqlite::SqliteStore;
pub use store::{Store, StoreError};
