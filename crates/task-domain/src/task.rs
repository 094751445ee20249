//! What a task is. Identity (number) and version belong to the stored record, not to the task.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;

use crate::ids::{Ordinal, SeriesId, TaskNumber, Version};
use crate::recurrence::Recurrence;
use crate::text::{Description, Tag, Title};

/// A task as its owner sees it, without number and version.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    pub title: Title,
    pub description: Description,
    pub priority: Priority,
    pub tags: Vec<Tag>,
    pub due_at: Option<DateTime<Utc>>,
    /// The zone whose wall clock the due time and the recurrence follow.
    pub timezone: Tz,
    pub recurrence: Option<Recurrence>,
    pub reminders: Vec<Reminder>,
    pub subtasks: Vec<Subtask>,
    /// `Some` from the first recurrence on; it stays when the recurrence is taken away.
    pub series: Option<SeriesPosition>,
    /// `Some` exactly while the task is completed.
    pub completed_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A task as it stands in the store.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskRecord {
    pub number: TaskNumber,
    pub version: Version,
    pub task: Task,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Priority {
    Low,
    #[default]
    Medium,
    High,
    Urgent,
}

/// Where an instance stands in its recurring series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SeriesPosition {
    pub id: SeriesId,
    pub occurrence: Ordinal,
}

/// When to remind: a time before the due instant, or an instant of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reminder {
    Before(Duration),
    At(DateTime<Utc>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Subtask {
    pub title: Title,
    pub completed: bool,
}

impl Task {
    pub fn is_completed(&self) -> bool {
        self.completed_at.is_some()
    }
}
