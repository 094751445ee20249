//! Files in, tasks out, and the other way round.

#![expect(clippy::expect_used, reason = "a test that cannot be set up says so by panicking")]

mod bounds;
mod csv;
mod fixed_point;
mod icalendar;
mod json;
mod random_tasks;
mod support;
mod todotxt;
