//! Input bindings: sources of calls to the app other than events.
//!
//! One file per source. Owns the start-up probe and the calls; it must not know pub/sub.

mod cron;
mod input;

pub(crate) use input::{BindingContext, InputBinding};
