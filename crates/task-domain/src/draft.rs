//! What somebody wants a new task to be, before it is one. Defaults that depend on the person (the
//! zone) are filled in by the caller.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;

use crate::recurrence::{Basis, Rule};
use crate::task::{Priority, Reminder, Subtask};
use crate::text::{Description, Tag, Title};

/// The reminder of a task whose author said nothing about reminders.
pub const DEFAULT_REMINDER: Reminder = Reminder::Before(Duration::minutes(15));

#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub title: Title,
    pub description: Description,
    pub priority: Priority,
    pub tags: Vec<Tag>,
    pub due_at: Option<DateTime<Utc>>,
    pub timezone: Tz,
    pub recurrence: Option<RecurrenceInput>,
    /// `None` stands for [`DEFAULT_REMINDER`] when there is a due date, and for nothing otherwise.
    pub reminders: Option<Vec<Reminder>>,
    pub subtasks: Vec<Subtask>,
}

/// How a task is to repeat; the anchor comes from its due date. Until and count live in the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecurrenceInput {
    pub rule: Rule,
    pub basis: Basis,
}

impl Draft {
    /// A draft that says nothing but its title.
    pub fn new(title: Title, timezone: Tz) -> Self {
        Draft {
            title,
            description: Description::default(),
            priority: Priority::default(),
            tags: Vec::new(),
            due_at: None,
            timezone,
            recurrence: None,
            reminders: None,
            subtasks: Vec::new(),
        }
    }
}

pub(crate) fn default_reminders(due_at: Option<DateTime<Utc>>) -> Vec<Reminder> {
    due_at.map(|_| DEFAULT_REMINDER).into_iter().collect()
}
