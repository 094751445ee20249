//! The app as its users and operators meet it: real components, real host, real sidecar, killed
//! at will. Nothing here knows how any of it is made, apart from the ledger's invariants.
//!
//! The sidecar is the embedded one. With `TASKMASTER_TEST_BROKER=kafka` (or another broker) it is
//! Dapr's own, and each test has a broker of its own; `--skip embedded::` then leaves out what is
//! about the embedded one alone.

#![expect(clippy::expect_used, reason = "what is expected here is what is tested")]

mod accounts_life;
mod api_contract;
mod dead_letters;
mod doors;
mod embedded;
mod live_sync;
mod notifications;
mod one_key;
mod random_kills;
mod recurrence_races;
mod reminders;
mod transfer;
mod walkthrough;
