//! When a task is to ring. What is done at that instant, and whether it has passed, is decided
//! elsewhere.

use chrono::{DateTime, Utc};

use crate::task::{Reminder, Task};

/// The instants at which the task rings, in order. Reminders that fall together ring once; a
/// completed task rings no more, and without a due date nothing can come before it.
pub fn instants(task: &Task) -> Vec<DateTime<Utc>> {
    if task.is_completed() {
        return Vec::new();
    }
    let instant = |reminder: &Reminder| instant(reminder, task.due_at);
    let mut instants: Vec<_> = task.reminders.iter().filter_map(instant).collect();
    instants.sort_unstable();
    instants.dedup();
    instants
}

/// The instant that a reminder names, of a task that is due then.
pub fn instant(reminder: &Reminder, due_at: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    match *reminder {
        Reminder::Before(lead) => due_at?.checked_sub_signed(lead),
        Reminder::At(at) => Some(at),
    }
}
