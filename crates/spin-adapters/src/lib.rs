//! The ports of the application on Spin and WASI, and the one way in which every component serves
//! a request.
//!
//! This crate must not know what a task is, nor which paths exist.

mod inbound;
mod log;
mod outbound;
mod platform;
mod serve;
mod sqlite;
mod timer;

pub use platform::SpinPlatform;
pub use serve::{Call, serve, serve_then_relay};
