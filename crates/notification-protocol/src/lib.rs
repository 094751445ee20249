//! Messages to the channels people chose, without IO: what is sent, and what the answer means.
//!
//! Web push by RFC 8030, 8291 and 8292, webhooks by Standard Webhooks 1.0, email as the content of
//! a binding. This crate must not know sockets, clocks, random numbers, tasks, or who is told.

pub mod email;
pub mod schedule;
pub mod target;
pub mod verdict;
pub mod web_push;
pub mod webhook;

pub use schedule::Schedule;
pub use target::{Reach, Target, TargetFault};
pub use verdict::Verdict;
