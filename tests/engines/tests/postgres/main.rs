//! PostgreSQL as a guest of the embedded host sees it: Spin's own interface, on a real server.

#![expect(clippy::unwrap_used, reason = "what is unwrapped here is what is tested")]

mod access;
mod app;
mod crash;
mod pool;
mod prepared;
mod process;
mod session;
mod tls;
mod values;
