//! Bindings: sources of calls to the app other than events, and things to do outside.
//!
//! One file per kind. Owns the start-up probe and the calls, either way; it must not know pub/sub.

mod cron;
mod http;
mod input;
mod output;
mod smtp;

pub(crate) use http::HttpBinding;
pub(crate) use input::{BindingContext, InputBinding};
pub(crate) use output::{OutputBinding, OutputBindings};
pub(crate) use smtp::SmtpBinding;
