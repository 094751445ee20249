//! A task as a file tells it: a wish for a new task, with what has already happened to it.

use chrono::{DateTime, NaiveDateTime, Utc};
use task_domain::recurrence::{self, Recurrence};
use task_domain::{
    Draft, FieldError, Ordinal, SeriesId, SeriesPosition, Task, TaskError, Violation, transition,
};

#[derive(Clone, Debug, PartialEq)]
pub struct ImportedTask {
    /// How the file names the task, when it does.
    pub uid: Option<String>,
    pub draft: Draft,
    /// The wall clock that the recurrence counts from; without one it is the due date's.
    pub anchor: Option<NaiveDateTime>,
    /// The place in its series; without one it is the first.
    pub occurrence: Option<Ordinal>,
    pub created_at: Option<DateTime<Utc>>,
    pub updated_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
}

impl ImportedTask {
    pub(crate) fn new(draft: Draft) -> Self {
        ImportedTask {
            uid: None,
            draft,
            anchor: None,
            occurrence: None,
            created_at: None,
            updated_at: None,
            completed_at: None,
        }
    }

    /// The task that this tells of. `series` names the series that begins here; what the file does
    /// not date happened at `now`.
    pub fn into_task(self, now: DateTime<Utc>, series: SeriesId) -> Result<Task, TaskError> {
        let mut task = transition::create(self.draft, now, series)?;
        if let Some(anchor) = self.anchor {
            move_anchor(&mut task, anchor)?;
        }
        if let (Some(occurrence), Some(recurrence)) = (self.occurrence, &task.recurrence) {
            task.series = Some(position(series, occurrence, recurrence)?);
        }
        task.completed_at = self.completed_at;
        task.created_at = self.created_at.unwrap_or(now);
        task.updated_at = self.updated_at.unwrap_or(now);
        Ok(task)
    }
}

/// A series that came away from its first day (31 January, 28 February) still counts from it.
fn move_anchor(task: &mut Task, anchor: NaiveDateTime) -> Result<(), TaskError> {
    let (Some(recurrence), Some(due_at)) = (&mut task.recurrence, task.due_at) else {
        return Ok(());
    };
    recurrence.anchor = anchor;
    let endless = Recurrence { rule: recurrence.rule.without_end(), ..recurrence.clone() };
    if recurrence::next_after(&endless, task.timezone, due_at).is_none() {
        return Err(fault(Violation::NeverOccurs));
    }
    Ok(())
}

fn position(
    series: SeriesId,
    occurrence: Ordinal,
    recurrence: &Recurrence,
) -> Result<SeriesPosition, TaskError> {
    match recurrence.rule.count() {
        Some(count) if count < occurrence.0 => {
            Err(fault(Violation::CountPassed { count, occurrence: occurrence.0 }))
        }
        _ => Ok(SeriesPosition { id: series, occurrence }),
    }
}

fn fault(problem: Violation) -> TaskError {
    TaskError::from(FieldError { field: "recurrence", problem })
}
