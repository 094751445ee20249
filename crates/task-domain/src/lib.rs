//! The rules of tasks, as values: what a task is, what may happen to it, and when it comes again.
//!
//! This crate must not know a clock, a database, a wire format or a random source: instants and ids
//! come in as arguments, a new state comes out.

pub mod ids;
pub mod task;
pub mod text;

pub mod draft;
pub mod patch;
pub mod transition;

pub mod diff;
pub mod quiet_hours;
pub mod recurrence;
pub mod reminder;

mod field_error;
mod lists;
mod wall_clock;

pub use draft::{Draft, RecurrenceInput};
pub use field_error::{FieldError, Violation};
pub use ids::{Ordinal, SeriesId, TaskNumber, UserId, Version};
pub use lists::{REMINDER_LEAD_MAX_DAYS, REMINDERS_MAX, SUBTASKS_MAX, TAGS_MAX};
pub use patch::Patch;
pub use quiet_hours::QuietHours;
pub use recurrence::{Basis, Recurrence, Rule, RuleError};
pub use task::{Priority, Reminder, SeriesPosition, Subtask, Task, TaskRecord};
pub use text::{Description, Tag, Title};
pub use transition::{Outcome, SkipError, TaskError, Updated};
