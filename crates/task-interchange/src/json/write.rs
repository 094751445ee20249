//! A task as a JSON object on a line of its own.

use task_domain::{Basis, Priority, Recurrence, Reminder, Task};

use super::shape::{
    JsonBasis, JsonParts, JsonPriority, JsonRecurrence, JsonReminder, JsonSubtask, JsonTask,
};
use crate::{duration, instant, recurrence};

pub(crate) fn begin(out: &mut String) {
    out.push_str("{\"format\":\"taskmaster\",\"version\":1,\"tasks\":[");
}

pub(crate) fn write(uid: &str, task: &Task, is_first: bool, out: &mut String) {
    out.push_str(if is_first { "\n" } else { ",\n" });
    // Texts, numbers and lists of them: nothing that JSON could not say.
    out.push_str(&serde_json::to_string(&shape(uid, task)).unwrap_or_default());
}

pub(crate) fn end(out: &mut String) {
    out.push_str("\n]}\n");
}

fn shape(uid: &str, task: &Task) -> JsonTask {
    JsonTask {
        uid: Some(uid.to_owned()),
        title: Some(task.title.as_str().to_owned()),
        description: Some(task.description.as_str().to_owned()),
        completed: Some(task.is_completed()),
        priority: Some(priority(task.priority)),
        tags: Some(task.tags.iter().map(|tag| tag.as_str().to_owned()).collect()),
        due_at: task.due_at.map(instant::write),
        timezone: Some(task.timezone.name().to_owned()),
        recurrence: task.recurrence.as_ref().map(|it| repeat(task, it)),
        reminders: Some(task.reminders.iter().map(reminder).collect()),
        subtasks: Some(
            task.subtasks
                .iter()
                .map(|subtask| JsonSubtask {
                    title: subtask.title.as_str().to_owned(),
                    completed: subtask.completed,
                })
                .collect(),
        ),
        created_at: Some(instant::write(task.created_at)),
        updated_at: Some(instant::write(task.updated_at)),
        completed_at: task.completed_at.map(instant::write),
        occurrence: task.series.filter(|_| task.recurrence.is_some()).map(|it| it.occurrence.0),
    }
}

fn priority(priority: Priority) -> JsonPriority {
    match priority {
        Priority::Low => JsonPriority::Low,
        Priority::Medium => JsonPriority::Medium,
        Priority::High => JsonPriority::High,
        Priority::Urgent => JsonPriority::Urgent,
    }
}

fn repeat(task: &Task, recurrence: &Recurrence) -> JsonRecurrence {
    JsonRecurrence::Parts(JsonParts {
        rule: recurrence.rule.without_end().to_string(),
        basis: Some(match recurrence.basis {
            Basis::Due => JsonBasis::Due,
            Basis::Completion => JsonBasis::Completion,
        }),
        until: recurrence.rule.until().map(instant::write),
        count: recurrence.rule.count(),
        anchor: recurrence::own_anchor(task).map(recurrence::write_anchor),
    })
}

fn reminder(reminder: &Reminder) -> JsonReminder {
    match reminder {
        Reminder::Before(before) => JsonReminder::Before(duration::write(*before)),
        Reminder::At(at) => JsonReminder::At(instant::write(*at)),
    }
}
