//! The events of a change: one for each changed task row, written with it.

use task_contracts::envelope::CloudEvent;
use task_contracts::events::TaskEvent;
use task_contracts::names::{EventType, SCHEMA_VERSION};
use task_domain::diff::Field;
use task_domain::{Task, TaskNumber, Version};
use task_store::change_set::{EventDraft, TaskRef, Topics};

use crate::Platform;
use crate::convert;
use crate::unit_of_work::Work;

/// What happened to a task row.
pub(crate) enum Happening<'t> {
    Created,
    Changed { before: &'t Task, changed: &'t [Field] },
    Deleted,
}

/// A row as it is after the change (for a deletion: as it was).
pub(crate) struct Row<'t> {
    pub(crate) reference: TaskRef,
    pub(crate) version: Version,
    pub(crate) task: &'t Task,
}

pub(crate) fn draft<P: Platform>(
    work: &Work<'_, P>,
    row: &Row<'_>,
    happening: Happening<'_>,
) -> EventDraft {
    let id = work.platform.mint();
    // The store assigns the number of an insert; until then it is 0.
    let number = match row.reference {
        TaskRef::Number(number) => number,
        TaskRef::Insert(_) | TaskRef::None => TaskNumber(0),
    };
    let timestamp = convert::instant(work.at);
    let event_type = event_type(row.task, &happening);
    let (previous, changed) = match happening {
        Happening::Changed { before, changed } => (
            Some(convert::task(number, Version(row.version.0 - 1), before)),
            Some(changed.iter().map(|field| field.name().to_owned()).collect()),
        ),
        Happening::Created | Happening::Deleted => (None, None),
    };
    let data = TaskEvent {
        event_type: event_type.as_str().to_owned(),
        event_id: id.to_string(),
        schema_version: SCHEMA_VERSION.to_owned(),
        user_id: work.user.to_string(),
        task_id: number.0,
        timestamp: timestamp.clone(),
        sequence: 0,
        correlation_id: work.trace.correlation_id.clone().unwrap_or_else(|| id.to_string()),
        task_data: convert::task(number, row.version, row.task),
        previous,
        changed,
    };
    let event = CloudEvent::task(work.source, data, work.trace.traceparent.clone());
    EventDraft {
        id,
        task: row.reference,
        topics: Topics::TASK_EVENTS.with(Topics::TASK_UPDATES),
        body: event.to_json(),
    }
}

/// Whatever turns `completed` on is a completion, by whichever call it came.
fn event_type(task: &Task, happening: &Happening<'_>) -> EventType {
    match happening {
        Happening::Created => EventType::TaskCreated,
        Happening::Deleted => EventType::TaskDeleted,
        Happening::Changed { changed, .. } => {
            if task.is_completed() && changed.contains(&Field::Completed) {
                EventType::TaskCompleted
            } else {
                EventType::TaskUpdated
            }
        }
    }
}
