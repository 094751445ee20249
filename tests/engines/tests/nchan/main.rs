//! The realtime hub: nginx with nchan, by the configuration that this checkout ships.

#![expect(clippy::expect_used, reason = "what is expected here is what is tested")]

mod admission;
mod delivery;
mod device;
mod hub;
mod latency;
mod reconnects;
