//! The wire as other programs see it: golden events, their WIT shape, and what reading forgives.
#![expect(clippy::expect_used, reason = "a test that panics says of what")]

mod asyncapi;
mod envelope;
mod goldens;
mod names;
mod reminder_job;
mod samples;
mod wit_shape;
