//! What the app does while a part of its world fails: the sidecar, its broker, the database. No
//! socket, and no waiting: time passes only while somebody waits for an answer, or sleeps.

#![expect(clippy::expect_used, reason = "what is expected here is what is tested")]

mod breaker;
#[path = "../clockwork/mod.rs"]
mod clockwork;
mod database_away;
mod rare_writes;
mod reminders;
mod requests;
mod retention;
mod runs;
mod sidecar;
mod world;
