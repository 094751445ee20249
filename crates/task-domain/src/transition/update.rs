//! A patch meets a task. Completion may be part of it: then it is one, like any other.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::create::anchored;
use super::{Faults, Outcome, TaskError, outcome};
use crate::draft::{RecurrenceInput, default_reminders};
use crate::field_error::{FieldError, Violation};
use crate::ids::{Ordinal, SeriesId};
use crate::lists;
use crate::patch::Patch;
use crate::recurrence::Recurrence;
use crate::task::{Reminder, SeriesPosition, Task};

/// `series_id` names the series that begins when a task recurs for the first time; it is unused
/// otherwise.
pub fn update(
    task: &Task,
    patch: &Patch,
    now: DateTime<Utc>,
    series_id: SeriesId,
) -> Result<Outcome, TaskError> {
    let mut faults = Faults::default();
    let due_at = patch.due_at.unwrap_or(task.due_at);
    let timezone = patch.timezone.unwrap_or(task.timezone);
    let recurrence = faults.take(recurrence(task, patch));
    let first = SeriesPosition { id: series_id, occurrence: Ordinal::FIRST };
    let completed_at = match patch.completed {
        None => task.completed_at,
        Some(false) => None,
        Some(true) => task.completed_at.or(Some(now)),
    };
    let next = Task {
        title: patch.title.as_ref().unwrap_or(&task.title).clone(),
        description: patch.description.as_ref().unwrap_or(&task.description).clone(),
        priority: patch.priority.unwrap_or(task.priority),
        tags: match &patch.tags {
            None => task.tags.clone(),
            Some(tags) => faults.take(lists::tags(tags.clone())),
        },
        due_at,
        timezone,
        series: task.series.or_else(|| recurrence.as_ref().map(|_| first)),
        recurrence,
        reminders: faults.take(reminders(task, patch)),
        subtasks: match &patch.subtasks {
            None => task.subtasks.clone(),
            Some(subtasks) => faults.take(lists::subtasks(subtasks.clone())),
        },
        completed_at,
        created_at: task.created_at,
        updated_at: task.updated_at,
    };
    faults.none().map(|()| outcome(task, next, now))
}

/// A task that gets its first due date, and has no word about reminders, gets the usual one.
fn reminders(task: &Task, patch: &Patch) -> Result<Vec<Reminder>, FieldError> {
    match (&patch.reminders, patch.due_at) {
        (Some(reminders), _) => lists::reminders(reminders.clone()),
        (None, Some(due_at)) if task.due_at.is_none() && task.reminders.is_empty() => {
            Ok(default_reminders(due_at))
        }
        (None, _) => Ok(task.reminders.clone()),
    }
}

/// A new pattern counts from the current due date. The same one goes on counting from its anchor,
/// unless the due date or its zone moved.
fn recurrence(task: &Task, patch: &Patch) -> Result<Option<Recurrence>, FieldError> {
    let due_at = patch.due_at.unwrap_or(task.due_at);
    let timezone = patch.timezone.unwrap_or(task.timezone);
    let wished = match &patch.recurrence {
        Some(None) => return Ok(None),
        Some(Some(input)) => Some(input),
        None => None,
    };
    let kept =
        task.recurrence.as_ref().filter(|known| wished.is_none_or(|wished| is_same(known, wished)));
    let Some(known) = kept else {
        let occurrence = task.series.map_or(Ordinal::FIRST, |series| series.occurrence);
        let fresh = wished.map(|input| anchored(input.clone(), due_at, timezone, occurrence));
        return Ok(fresh.transpose()?.map(|fresh| in_step(task, fresh)));
    };
    let due_at = due_at.ok_or(FieldError::new("recurrence", Violation::NeedsDueDate))?;
    if Some(due_at) == task.due_at && timezone == task.timezone {
        return Ok(Some(known.clone()));
    }
    Ok(Some(moved(task, known, due_at.with_timezone(&timezone).naive_local())))
}

/// The same pattern with another end is no new beginning: a series on the 31st that gets its end
/// on 28 February goes on with 31 March.
fn in_step(task: &Task, fresh: Recurrence) -> Recurrence {
    let pattern = |it: &Recurrence| (it.rule.without_end(), it.basis);
    match &task.recurrence {
        // A fresh anchor is the wall clock of the due date.
        Some(known) if pattern(known) == pattern(&fresh) => {
            Recurrence { anchor: moved(task, known, fresh.anchor).anchor, ..fresh }
        }
        _ => fresh,
    }
}

/// A due date that moves to another day takes the anchor along. One that only moves within its day
/// keeps the anchor's day, so that "the 31st" is still known on 28 February.
fn moved(task: &Task, known: &Recurrence, due: NaiveDateTime) -> Recurrence {
    let day_before = task.due_at.map(|at| at.with_timezone(&task.timezone).date_naive());
    let anchor =
        if day_before == Some(due.date()) { known.anchor.date().and_time(due.time()) } else { due };
    Recurrence { anchor, ..known.clone() }
}

fn is_same(known: &Recurrence, wished: &RecurrenceInput) -> bool {
    known.rule == wished.rule && known.basis == wished.basis
}
