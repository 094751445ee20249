//! Files in, tasks out, and the other way round.

mod bounds;
mod csv;
mod fixed_point;
mod icalendar;
mod json;
mod random_tasks;
mod support;
mod todotxt;
