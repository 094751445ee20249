//! The only SQL: what is stored, and the one statement that changes it.
//!
//! This crate must not know HTTP, JSON contracts, Dapr or a clock. There is no `begin` and no
//! `commit` to call: a unit of work is one [`ChangeSet`], and it happens whole or not at all.
#![expect(async_fn_in_trait, reason = "guests are single-threaded; their futures need not be Send")]

pub mod account;
pub mod caller;
pub mod change_set;
pub mod channel;
mod channel_row;
mod cursor;
pub mod db;
pub mod delivery;
mod delivery_row;
mod document;
pub mod import;
mod import_row;
pub mod operations;
pub mod postgres;
pub mod query;
mod refusal;
pub mod relay;
pub mod reminder;
mod reminder_row;
mod row;
mod search_text;
mod sql;
pub mod sqlite;
pub mod store;
mod task_row;

pub use caller::Caller;
pub use change_set::{ChangeSet, CommitOutcome, Committed};
pub use db::{Db, DbError, Rows, Value};
pub use sql::{Dialect, SqlStore};
pub use store::{Store, StoreError};
