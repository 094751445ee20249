//! The use cases: a request or an event comes in as a value, is decided by the domain, committed
//! as one change set, and answered as a value.
//!
//! This crate must not know Spin, sockets, SQL or the wall clock; it reaches them by [`ports`].
#![expect(async_fn_in_trait, reason = "guests are single-threaded; their futures need not be Send")]

pub mod api;
pub mod auth;
pub mod consume;
mod convert;
mod event;
mod given;
pub mod limits;
pub mod notify;
#[cfg(feature = "openapi")]
pub mod openapi;
pub mod operate;
pub mod ports;
pub mod problem;
pub mod relay;
pub mod remind;
mod request;
pub mod settings;
pub mod sync;
mod unit_of_work;

pub use ports::Platform;
pub use problem::Problem;
pub use settings::Settings;

/// A whole request or answer; bodies are bounded before they get here.
pub type Request = http::Request<bytes::Bytes>;
pub type Response = http::Response<bytes::Bytes>;
