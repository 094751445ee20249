//! Tasks as their callers see them: what is taken, and what every transition makes of it.

#![expect(clippy::expect_used, reason = "a test that cannot be set up says so by panicking")]

mod completing;
mod creating;
mod quiet_hours;
mod reminding;
mod rescheduling;
mod series;
mod snoozing;
mod support;
mod texts;
mod updating;
