//! The host from outside: an application of real wasm guests, and what its callers see.
//!
//! Every test states one fact. Waits are for conditions; no port is fixed.

mod app;
mod concurrency;
mod outbound;
mod probe;
mod process;
mod routes;
mod sidecar;
mod sqlite;
mod variables;
mod virtual_time;
