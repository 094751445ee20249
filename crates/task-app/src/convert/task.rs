//! Tasks and their parts.

use task_contracts::types as wire;
use task_domain::{
    FieldError, Priority, Reminder, SeriesId, Subtask, Tag, Task, TaskNumber, TaskRecord, Title,
    Version,
};
use task_interchange::duration;

use super::{instant, parse_instant, recurrence};
use crate::Platform;
use crate::problem::FieldProblem;

pub(crate) fn record(record: &TaskRecord) -> wire::Task {
    task(record.number, record.version, &record.task)
}

pub(crate) fn task(number: TaskNumber, version: Version, task: &Task) -> wire::Task {
    wire::Task {
        id: number.0,
        title: task.title.as_str().to_owned(),
        description: task.description.as_str().to_owned(),
        completed: task.is_completed(),
        priority: write_priority(task.priority),
        tags: task.tags.iter().map(|tag| tag.as_str().to_owned()).collect(),
        due_at: task.due_at.map(instant),
        timezone: task.timezone.name().to_owned(),
        recurrence: task.recurrence.as_ref().map(|it| recurrence::write(it, task.timezone)),
        reminders: task.reminders.iter().map(reminder).collect(),
        subtasks: task.subtasks.iter().map(write_subtask).collect(),
        created_at: instant(task.created_at),
        updated_at: instant(task.updated_at),
        completed_at: task.completed_at.map(instant),
        version: version.0,
        series_id: task.series.map(|series| series.id.to_string()),
        occurrence: task.series.map(|series| series.occurrence.0),
    }
}

/// An id for the series that this change may begin.
pub(crate) fn new_series(platform: &impl Platform) -> SeriesId {
    SeriesId(platform.mint())
}

pub(crate) fn priority(priority: wire::Priority) -> Priority {
    match priority {
        wire::Priority::Low => Priority::Low,
        wire::Priority::Medium => Priority::Medium,
        wire::Priority::High => Priority::High,
        wire::Priority::Urgent => Priority::Urgent,
    }
}

fn write_priority(priority: Priority) -> wire::Priority {
    match priority {
        Priority::Low => wire::Priority::Low,
        Priority::Medium => wire::Priority::Medium,
        Priority::High => wire::Priority::High,
        Priority::Urgent => wire::Priority::Urgent,
    }
}

pub(crate) fn parse_reminders(reminders: &[wire::Reminder]) -> Result<Vec<Reminder>, FieldProblem> {
    let parse = |reminder: &wire::Reminder| match reminder {
        wire::Reminder::At(at) => parse_instant("reminders", at).map(Reminder::At),
        wire::Reminder::Before(before) => {
            duration::parse(before).map(Reminder::Before).ok_or_else(|| {
                FieldProblem::new("reminders", "`before` is a duration such as PT15M or P1D")
            })
        }
    };
    reminders.iter().map(parse).collect()
}

pub(crate) fn reminder(reminder: &Reminder) -> wire::Reminder {
    match reminder {
        Reminder::Before(before) => wire::Reminder::Before(duration::write(*before)),
        Reminder::At(at) => wire::Reminder::At(instant(*at)),
    }
}

pub(crate) fn parse_tags(tags: &[String]) -> Result<Vec<Tag>, FieldProblem> {
    tags.iter().map(|tag| Tag::parse(tag)).collect::<Result<_, FieldError>>().map_err(Into::into)
}

pub(crate) fn parse_subtasks<'i>(
    inputs: impl Iterator<Item = (&'i str, bool)>,
) -> Result<Vec<Subtask>, FieldProblem> {
    inputs
        .map(|(title, completed)| Ok(Subtask { title: Title::parse(title)?, completed }))
        .collect::<Result<_, FieldError>>()
        .map_err(|error| FieldProblem::new("subtasks", error.to_string()))
}

fn write_subtask(subtask: &Subtask) -> wire::Subtask {
    wire::Subtask { title: subtask.title.as_str().to_owned(), completed: subtask.completed }
}
