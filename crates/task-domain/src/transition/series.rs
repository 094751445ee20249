//! From one instance of a series to the next: by completing it, or by skipping it in place.

use chrono::{DateTime, Utc};
use thiserror::Error;

use super::{Outcome, outcome};
use crate::ids::Version;
use crate::recurrence::{self, Recurrence};
use crate::task::{Reminder, SeriesPosition, Subtask, Task, TaskRecord};

/// Why there is nothing to skip to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SkipError {
    #[error("the task does not repeat: there is no next occurrence to skip to")]
    NotRecurring,
    #[error("the task is completed: reopen it before skipping it")]
    Completed,
    #[error("this is the last occurrence of its series")]
    SeriesEnded,
}

/// What the next instance does not share with this one.
struct Advance {
    due_at: DateTime<Utc>,
    recurrence: Recurrence,
    series: SeriesPosition,
}

/// The next instance of a completed one. `None` when it does not recur, or was the last.
///
/// It copies what belongs to the series. An absolute reminder belongs to the one occurrence it was
/// set for, so it stays behind.
pub fn successor(task: &Task, completed_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<Task> {
    let advance = advance(task, completed_at).ok()?;
    let mut next = advanced(task, advance);
    next.completed_at = None;
    next.created_at = now;
    next.updated_at = now;
    Some(next)
}

/// Moves the task to its next occurrence without completing it. Like a completion, this never ends
/// in the past: what was missed meanwhile is missed.
pub fn skip(task: &Task, now: DateTime<Utc>) -> Result<Outcome, SkipError> {
    if task.is_completed() {
        return Err(SkipError::Completed);
    }
    // A skipped occurrence is done with when it would have been due, if that is still to come.
    let done_at = task.due_at.map_or(now, |due_at| due_at.max(now));
    let advance = advance(task, done_at)?;
    Ok(outcome(task, advanced(task, advance), now))
}

/// Whether undoing a completion may take this successor back: nobody has touched it.
pub fn withdrawable(successor: &TaskRecord) -> bool {
    successor.version == Version::FIRST && !successor.task.is_completed()
}

fn advance(task: &Task, done_at: DateTime<Utc>) -> Result<Advance, SkipError> {
    let (Some(recurrence), Some(series), Some(due_at)) =
        (&task.recurrence, task.series, task.due_at)
    else {
        return Err(SkipError::NotRecurring);
    };
    let occurrence = series.occurrence.next();
    if recurrence.rule.count().is_some_and(|count| occurrence.0 > count) {
        return Err(SkipError::SeriesEnded);
    }
    let next = recurrence::next_due(recurrence, task.timezone, due_at, done_at);
    Ok(Advance {
        due_at: next.ok_or(SkipError::SeriesEnded)?,
        recurrence: recurrence.counted_from(task.timezone, done_at),
        series: SeriesPosition { id: series.id, occurrence },
    })
}

fn advanced(task: &Task, advance: Advance) -> Task {
    let reset = |subtask: &Subtask| Subtask { completed: false, ..subtask.clone() };
    let is_relative = |reminder: &&Reminder| matches!(reminder, Reminder::Before(_));
    Task {
        due_at: Some(advance.due_at),
        recurrence: Some(advance.recurrence),
        series: Some(advance.series),
        reminders: task.reminders.iter().filter(is_relative).copied().collect(),
        subtasks: task.subtasks.iter().map(reset).collect(),
        ..task.clone()
    }
}
