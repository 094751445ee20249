//! A draft becomes a task.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{Faults, TaskError};
use crate::draft::{Draft, RecurrenceInput, default_reminders};
use crate::field_error::{FieldError, Violation};
use crate::ids::{Ordinal, SeriesId};
use crate::lists;
use crate::recurrence::{self, Recurrence};
use crate::task::{SeriesPosition, Task};

/// `series_id` names the series that begins here; a task that does not recur leaves it unused.
pub fn create(draft: Draft, now: DateTime<Utc>, series_id: SeriesId) -> Result<Task, TaskError> {
    let mut faults = Faults::default();
    let reminders = draft.reminders.unwrap_or_else(|| default_reminders(draft.due_at));
    let recurrence = draft
        .recurrence
        .map(|input| anchored(input, draft.due_at, draft.timezone, Ordinal::FIRST))
        .transpose();
    let recurrence = faults.take(recurrence);
    let task = Task {
        title: draft.title,
        description: draft.description,
        priority: draft.priority,
        tags: faults.take(lists::tags(draft.tags)),
        due_at: draft.due_at,
        timezone: draft.timezone,
        series: recurrence
            .as_ref()
            .map(|_| SeriesPosition { id: series_id, occurrence: Ordinal::FIRST }),
        recurrence,
        reminders: faults.take(lists::reminders(reminders)),
        subtasks: faults.take(lists::subtasks(draft.subtasks)),
        completed_at: None,
        created_at: now,
        updated_at: now,
    };
    faults.none().map(|()| task)
}

/// A recurrence that counts from the wall clock of the due date. The due date is the instance
/// `occurrence` of its series, whether or not the rule would have chosen that day.
pub(super) fn anchored(
    input: RecurrenceInput,
    due_at: Option<DateTime<Utc>>,
    timezone: Tz,
    occurrence: Ordinal,
) -> Result<Recurrence, FieldError> {
    let fault = |problem| FieldError::new("recurrence", problem);
    let due_at = due_at.ok_or_else(|| fault(Violation::NeedsDueDate))?;
    let anchor = due_at.with_timezone(&timezone).naive_local();
    let recurrence = Recurrence { rule: input.rule, basis: input.basis, anchor };
    if recurrence.rule.is_over_at(due_at) {
        return Err(fault(Violation::EndsBeforeDue));
    }
    if let Some(count) = recurrence.rule.count()
        && count < occurrence.0
    {
        return Err(fault(Violation::CountPassed { count, occurrence: occurrence.0 }));
    }
    let endless = Recurrence { rule: recurrence.rule.without_end(), ..recurrence.clone() };
    if recurrence::next_after(&endless, timezone, due_at).is_none() {
        return Err(fault(Violation::NeverOccurs));
    }
    Ok(recurrence)
}
