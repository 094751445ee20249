//! What can be asked about tasks, and the shape of the answers.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use task_domain::{Priority, TaskNumber, TaskRecord};
use uuid::Uuid;

use crate::change_set::StoredAnswer;

/// Everything a decision about one task needs, read by one statement.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskView {
    /// The owner's default zone.
    pub timezone: Tz,
    pub task: Option<TaskRecord>,
    pub successor: Successor,
    /// Set when an idempotency key was given and is known.
    pub answer: Option<StoredAnswer>,
}

/// What the succession says of the task's own occurrence.
#[derive(Clone, Debug, PartialEq)]
pub enum Successor {
    /// No next instance was ever made of this occurrence.
    None,
    Live(Box<TaskRecord>),
    /// It was made, and deleted since.
    Deleted(TaskNumber),
}

#[derive(Clone, Debug, PartialEq)]
pub struct TaskQuery {
    pub filter: Filter,
    pub priority: Option<Priority>,
    /// Compared case-insensitively, whole.
    pub tag: Option<String>,
    /// Contained in title, description or a tag; case-insensitive.
    pub search: Option<String>,
    /// The bound itself is not in the list.
    pub due_before: Option<DateTime<Utc>>,
    /// The bound itself is in the list.
    pub due_after: Option<DateTime<Utc>>,
    pub sort: Sort,
    /// Turns the order of equal keys round as well: by number, downwards.
    pub descending: bool,
    /// 0 is taken for 1.
    pub limit: u32,
    /// A `next_cursor` of an earlier page of the same query.
    pub cursor: Option<String>,
}

impl TaskQuery {
    /// The first page of what `filter` lets through, in the order of creation.
    pub fn all(filter: Filter, limit: u32) -> Self {
        TaskQuery {
            filter,
            priority: None,
            tag: None,
            search: None,
            due_before: None,
            due_after: None,
            sort: Sort::Created,
            descending: false,
            limit,
            cursor: None,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    #[default]
    All,
    Pending,
    Completed,
    Overdue {
        now: DateTime<Utc>,
    },
    /// Pending and due in `[now, until)`.
    Upcoming {
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    },
    WithoutDueDate,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Created,
    Title,
    /// Tasks without a due date come last in either direction.
    DueDate,
    Priority,
    /// Pending before completed.
    Status,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TaskPage {
    pub tasks: Vec<TaskRecord>,
    /// How many tasks the query matches in all.
    pub total: u64,
    pub next_cursor: Option<String>,
    /// The user's change sequence as of these rows: subscribe from here.
    pub seq: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    pub total: u64,
    pub completed: u64,
    pub pending: u64,
    /// This and all that follows count pending tasks alone.
    pub overdue: u64,
    pub due_today: u64,
    pub upcoming_24h: u64,
    pub no_due_date: u64,
}

/// One entry of the change feed; `body` is the event with its assigned members beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEvent {
    pub id: Uuid,
    pub seq: u64,
    pub number: TaskNumber,
    pub body: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changes {
    Page {
        events: Vec<StoredEvent>,
        seq: u64,
    },
    /// The cursor lies before what is kept, or after what exists: start anew from `seq`.
    Reset {
        seq: u64,
    },
}
