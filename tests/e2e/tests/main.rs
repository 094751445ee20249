//! The app as its users and operators meet it: real components, real host, real sidecar, killed
//! at will. Nothing here knows how any of it is made, apart from the ledger's invariants.

#![expect(clippy::expect_used, reason = "what is expected here is what is tested")]

mod accounts_life;
mod api_contract;
mod back_pressure;
mod crash_walk;
mod dead_letters;
mod doors;
mod live_sync;
mod notifications;
mod random_kills;
mod recurrence_races;
mod reminders;
mod sidecar_outage;
mod transfer;
mod walkthrough;
