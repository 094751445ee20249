//! The rules of tasks, as values: what a task is, what may happen to it, and when it comes again.
//!
//! This crate must not know a clock, a database, a wire format or a random source: instants and ids
//! come in as arguments, a new state comes out.

pub mod ids;
pub mod task;

pub use ids::{Ordinal, SeriesId, TaskNumber, UserId, Version};
pub use task::{Priority, Reminder, SeriesPosition, Subtask, Task, TaskRecord};
