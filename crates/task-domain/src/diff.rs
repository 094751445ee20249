//! Which fields differ between two states of a task. Instants of bookkeeping (created, updated,
//! completed at) are no fields of their own: they follow from the others.

use crate::recurrence::Recurrence;
use crate::task::Task;

/// A field as people see it, in the order a task shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    Title,
    Description,
    Completed,
    Priority,
    Tags,
    DueAt,
    Timezone,
    Recurrence,
    Reminders,
    Subtasks,
    Occurrence,
}

impl Field {
    /// The name the field has on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Field::Title => "title",
            Field::Description => "description",
            Field::Completed => "completed",
            Field::Priority => "priority",
            Field::Tags => "tags",
            Field::DueAt => "due_at",
            Field::Timezone => "timezone",
            Field::Recurrence => "recurrence",
            Field::Reminders => "reminders",
            Field::Subtasks => "subtasks",
            Field::Occurrence => "occurrence",
        }
    }
}

pub fn changed(before: &Task, after: &Task) -> Vec<Field> {
    [
        (Field::Title, before.title != after.title),
        (Field::Description, before.description != after.description),
        (Field::Completed, before.is_completed() != after.is_completed()),
        (Field::Priority, before.priority != after.priority),
        (Field::Tags, before.tags != after.tags),
        (Field::DueAt, before.due_at != after.due_at),
        (Field::Timezone, before.timezone != after.timezone),
        (Field::Recurrence, pattern(before) != pattern(after)),
        (Field::Reminders, before.reminders != after.reminders),
        (Field::Subtasks, before.subtasks != after.subtasks),
        (Field::Occurrence, before.series != after.series),
    ]
    .into_iter()
    .filter_map(|(field, differs)| differs.then_some(field))
    .collect()
}

/// The anchor is left out: it moves with the due date or the rule, never alone.
fn pattern(task: &Task) -> Option<impl PartialEq + '_> {
    task.recurrence.as_ref().map(|Recurrence { rule, basis, .. }| (rule, *basis))
}
