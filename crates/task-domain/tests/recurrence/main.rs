//! Recurrence as its callers see it, against three referees: the days written in RFC 5545, a naive
//! reader of its definitions that walks every day, and an engine written by others.

#![expect(clippy::expect_used, reason = "a test that cannot be set up says so by panicking")]

mod clock_changes;
mod endings;
mod exhaustive;
mod month_ends;
mod naive;
mod other_engine;
mod random_rules;
mod rfc5545;
mod spelling;
mod support;
mod words;
