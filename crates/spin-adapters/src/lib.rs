//! The ports of the application on Spin and WASI, and the one way in which every component serves
//! a request.
//!
//! This crate must not know what a task is, nor which paths exist.

mod database;
mod inbound;
mod key_value;
mod log;
mod outbound;
mod platform;
mod postgres;
mod respond;
mod serve;
mod sqlite;
mod timer;

pub use database::SpinDatabase;
pub use inbound::SpinBodySource;
pub use platform::SpinPlatform;
pub use respond::{SpinBodySink, SpinResponder};
pub use serve::{
    Call, StreamingCall, serve, serve_streaming, serve_streaming_then_relay, serve_then,
    serve_then_relay,
};
