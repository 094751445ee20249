//! What may happen to a task: a state and a wish in, the new state out. Whether and how it is
//! stored, and who hears of it, is decided elsewhere.

mod create;
mod series;
mod snooze;
mod update;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::diff::{self, Field};
use crate::field_error::FieldError;
use crate::task::Task;

pub use create::create;
pub use series::{SkipError, skip, successor, withdrawable};
pub use snooze::{SNOOZE_MAX_DAYS, snooze};
pub use update::update;

/// What came of a wish to change a task.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one for each request, and moved on at once")]
pub enum Outcome {
    /// The task is already as wished: no new version, no event.
    Unchanged,
    Updated(Updated),
}

/// `changed` holds `Completed` when completion was turned on or off; `task` tells which.
#[derive(Clone, Debug, PartialEq)]
pub struct Updated {
    pub task: Task,
    pub changed: Vec<Field>,
}

/// Why a wish cannot be granted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TaskError {
    /// Every faulty field, not just the first.
    #[error("the task has fields that are not valid: {}", names(.0))]
    Invalid(Vec<FieldError>),
    #[error("the task is completed: reopen it first")]
    Completed,
}

pub fn complete(task: &Task, now: DateTime<Utc>) -> Outcome {
    let mut next = task.clone();
    next.completed_at = task.completed_at.or(Some(now));
    outcome(task, next, now)
}

pub fn reopen(task: &Task, now: DateTime<Utc>) -> Outcome {
    let mut next = task.clone();
    next.completed_at = None;
    outcome(task, next, now)
}

impl From<FieldError> for TaskError {
    fn from(error: FieldError) -> Self {
        TaskError::Invalid(vec![error])
    }
}

fn outcome(before: &Task, mut after: Task, now: DateTime<Utc>) -> Outcome {
    let changed = diff::changed(before, &after);
    if changed.is_empty() {
        return Outcome::Unchanged;
    }
    after.updated_at = now;
    Outcome::Updated(Updated { task: after, changed })
}

fn names(errors: &[FieldError]) -> String {
    errors.iter().map(|error| error.field).collect::<Vec<_>>().join(", ")
}

/// Gathers the faults of several fields, so that their author can mend all of them at once.
#[derive(Default)]
struct Faults(Vec<FieldError>);

impl Faults {
    /// The value, or its type's empty one with the fault noted.
    fn take<T: Default>(&mut self, checked: Result<T, FieldError>) -> T {
        checked.unwrap_or_else(|fault| {
            self.0.push(fault);
            T::default()
        })
    }

    fn none(self) -> Result<(), TaskError> {
        if self.0.is_empty() { Ok(()) } else { Err(TaskError::Invalid(self.0)) }
    }
}
