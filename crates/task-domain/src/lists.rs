//! How many of everything one task may hold, and what makes two entries the same.

use chrono::Duration;

use crate::field_error::{FieldError, Violation};
use crate::task::{Reminder, Subtask};
use crate::text::Tag;

/// More labels than anybody reads beside one title.
pub const TAGS_MAX: usize = 20;

/// Every reminder is a row and an alarm of its own; ten cover "a week, a day, an hour before" twice
/// over.
pub const REMINDERS_MAX: usize = 10;

/// A longer checklist is a project, and the whole of it travels in every event of its task.
pub const SUBTASKS_MAX: usize = 100;

/// "A year before", in a leap year too.
pub const REMINDER_LEAD_MAX_DAYS: i64 = 366;

/// The first spelling of a tag stays; later ones that differ only in case are the same tag.
pub(crate) fn tags(tags: Vec<Tag>) -> Result<Vec<Tag>, FieldError> {
    let mut unique: Vec<Tag> = Vec::with_capacity(tags.len().min(TAGS_MAX));
    for tag in tags {
        if !unique.iter().any(|known| known.is_same(&tag)) {
            unique.push(tag);
        }
        // Checked inside the loop, so that a huge list is not compared pair by pair to its end.
        at_most("tags", TAGS_MAX, unique.len())?;
    }
    Ok(unique)
}

pub(crate) fn reminders(reminders: Vec<Reminder>) -> Result<Vec<Reminder>, FieldError> {
    let lead = Duration::zero()..=Duration::days(REMINDER_LEAD_MAX_DAYS);
    let mut unique: Vec<Reminder> = Vec::with_capacity(reminders.len().min(REMINDERS_MAX));
    for reminder in reminders {
        if let Reminder::Before(before) = reminder
            && !lead.contains(&before)
        {
            let problem = Violation::LeadOutOfRange { max_days: REMINDER_LEAD_MAX_DAYS };
            return Err(FieldError::new("reminders", problem));
        }
        if !unique.contains(&reminder) {
            unique.push(reminder);
        }
        at_most("reminders", REMINDERS_MAX, unique.len())?;
    }
    Ok(unique)
}

pub(crate) fn subtasks(subtasks: Vec<Subtask>) -> Result<Vec<Subtask>, FieldError> {
    at_most("subtasks", SUBTASKS_MAX, subtasks.len())?;
    Ok(subtasks)
}

fn at_most(field: &'static str, max: usize, entries: usize) -> Result<(), FieldError> {
    if entries > max {
        return Err(FieldError::new(field, Violation::TooMany { max, entries }));
    }
    Ok(())
}
