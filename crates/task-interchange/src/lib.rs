//! How other programs write tasks down: JSON, CSV with Todoist's columns, todo.txt and iCalendar.
//!
//! Bytes go in as they come and tasks come out one by one, so that the memory does not grow with
//! the file; a task goes out as text. What a format has no place for is written where other
//! programs pass it over, so that a task comes back as it went.
//!
//! This crate must not know accounts, a database, HTTP, a clock or where the bytes come from.

mod fault;
mod format;
mod imported;
mod reader;
mod writer;

pub mod duration;
pub mod instant;

mod csv;
mod icalendar;
mod json;
mod todotxt;

mod escape;
mod labels;
mod leftover;
mod lines;
mod local_time;
mod recurrence;

pub use fault::{Fault, Problem};
pub use format::Format;
pub use imported::ImportedTask;
pub use lines::RECORD_BYTES_MAX;
pub use reader::{Context, Entry, Reader};
pub use writer::Writer;
