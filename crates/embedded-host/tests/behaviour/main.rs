//! The host from outside: an application of real wasm guests, and what its callers see.
//!
//! Every test states one fact. Waits are for conditions; no port is fixed.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what surrounds a test panics where it fails, as the test itself does"
)]

mod app;
mod concurrency;
mod key_value;
mod outbound;
mod process;
mod routes;
mod sidecar;
mod sqlite;
mod variables;
mod virtual_time;
