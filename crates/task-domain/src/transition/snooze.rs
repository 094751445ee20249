//! "Not now, remind me at…".

use chrono::{DateTime, Duration, Utc};

use super::{Outcome, TaskError, outcome};
use crate::field_error::{FieldError, Violation};
use crate::lists;
use crate::task::{Reminder, Task};

/// Whoever wants to be left alone for longer wants another due date.
pub const SNOOZE_MAX_DAYS: i64 = 366;

/// Sets an absolute reminder at `until`, and takes away the absolute ones up to then: they have
/// rung, or they are an earlier snooze, or they would break the quiet just asked for. Reminders
/// relative to the due date stay, and so does the due date.
pub fn snooze(task: &Task, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<Outcome, TaskError> {
    if task.is_completed() {
        return Err(TaskError::Completed);
    }
    if until <= now || until - now > Duration::days(SNOOZE_MAX_DAYS) {
        let problem = Violation::NotAhead { max_days: SNOOZE_MAX_DAYS };
        return Err(FieldError::new("until", problem).into());
    }
    let rings_later = |reminder: &&Reminder| match reminder {
        Reminder::Before(_) => true,
        Reminder::At(at) => *at >= until,
    };
    let mut reminders: Vec<Reminder> = task.reminders.iter().filter(rings_later).copied().collect();
    reminders.push(Reminder::At(until));
    let next = Task { reminders: lists::reminders(reminders)?, ..task.clone() };
    Ok(outcome(task, next, now))
}
