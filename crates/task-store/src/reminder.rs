//! Reminders as they are stored: one row for each instant at which a task is to ring. The rows are
//! the truth; an alarm that somebody else keeps for them is not.

use chrono::{DateTime, Utc};
use task_domain::{TaskNumber, TaskRecord, UserId, Version};

/// Names one reminder for ever: a plan that is changed gives new names to what is new in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReminderKey {
    pub user: UserId,
    pub task: TaskNumber,
    /// Its place among the instants of the version that set it, counted from 1.
    pub n: u32,
    /// The version of the task that set it; later versions keep it while its instant stays.
    pub version: Version,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReminderRow {
    pub key: ReminderKey,
    pub fire_at: DateTime<Utc>,
    pub state: ReminderState,
    /// When the scheduler was last told to ring.
    pub armed_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReminderState {
    Pending,
    Fired,
    /// Its instant had passed when it was set.
    Skipped,
    /// Taken away; kept only until the scheduler was told.
    Cancelled,
}

/// A reminder with the task it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct ReminderView {
    pub row: ReminderRow,
    pub task: TaskRecord,
}

impl ReminderState {
    pub fn as_str(self) -> &'static str {
        match self {
            ReminderState::Pending => "pending",
            ReminderState::Fired => "fired",
            ReminderState::Skipped => "skipped",
            ReminderState::Cancelled => "cancelled",
        }
    }
}
