//! Live sync without a socket, and without waiting: sleeping moves the clock, and what is to happen
//! meanwhile happens then.

#![expect(clippy::expect_used, reason = "what is expected here is what is tested")]

#[path = "../clockwork/mod.rs"]
mod clockwork;
mod hub;
mod listener;
mod stream;
mod tickets;
mod world;
