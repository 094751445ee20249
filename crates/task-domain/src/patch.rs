//! What somebody wants to change about a task. `None` leaves a field alone; where a field can be
//! empty, `Some(None)` empties it.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::draft::{Draft, RecurrenceInput, default_reminders};
use crate::task::{Priority, Reminder, Subtask};
use crate::text::{Description, Tag, Title};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    pub title: Option<Title>,
    pub description: Option<Description>,
    pub completed: Option<bool>,
    pub priority: Option<Priority>,
    pub tags: Option<Vec<Tag>>,
    pub due_at: Option<Option<DateTime<Utc>>>,
    pub timezone: Option<Tz>,
    pub recurrence: Option<Option<RecurrenceInput>>,
    pub reminders: Option<Vec<Reminder>>,
    pub subtasks: Option<Vec<Subtask>>,
}

impl Patch {
    /// The patch that turns any task into what `draft` would have made.
    pub fn replacing(draft: Draft, completed: bool) -> Self {
        let reminders = draft.reminders.unwrap_or_else(|| default_reminders(draft.due_at));
        Patch {
            title: Some(draft.title),
            description: Some(draft.description),
            completed: Some(completed),
            priority: Some(draft.priority),
            tags: Some(draft.tags),
            due_at: Some(draft.due_at),
            timezone: Some(draft.timezone),
            recurrence: Some(draft.recurrence),
            reminders: Some(reminders),
            subtasks: Some(draft.subtasks),
        }
    }
}
