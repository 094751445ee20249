//! One typed value of every event: a monthly task that is made, edited, completed and removed.

use task_contracts::envelope::CloudEvent;
use task_contracts::events::{ReminderDue, TaskEvent, UserEvent};
use task_contracts::names::{EventType, SCHEMA_VERSION};
use task_contracts::types::{Basis, Priority, Recurrence, Reminder, Subtask, Task};

const USER: &str = "01890f5e-0000-7000-8000-000000000001";
const SERIES: &str = "01890f5e-0000-7000-8000-0000000000aa";
const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TASK_NUMBER: u32 = 3;

/// An event and the name of its golden file.
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) event: CloudEvent,
}

/// Every event there is, as it looks when it is published.
pub(crate) fn all() -> Vec<Sample> {
    let mut samples = vec![
        Sample { name: "task.created", event: created() },
        Sample { name: "task.updated", event: updated() },
        Sample { name: "task.completed", event: completed() },
        Sample { name: "task.deleted", event: deleted() },
        Sample { name: "user.deleted", event: user_deleted() },
        Sample { name: "reminder.due", event: reminder_due() },
    ];
    let copies = [("task.sync.upsert", completed()), ("task.sync.delete", deleted())];
    samples.extend(copies.into_iter().map(|(name, event)| Sample {
        name,
        event: event.sync_copy().expect("a change of a task has a copy"),
    }));
    samples
}

pub(crate) fn created() -> CloudEvent {
    published(1, task_event(EventType::TaskCreated, 1, task()))
}

fn updated() -> CloudEvent {
    let after = Task { priority: Priority::Urgent, version: 2, ..task() };
    let data = TaskEvent {
        previous: Some(stored()),
        changed: Some(vec!["priority".to_owned()]),
        ..task_event(EventType::TaskUpdated, 2, after)
    };
    published(2, data)
}

pub(crate) fn completed() -> CloudEvent {
    published(3, completion())
}

/// A completion as its author knows it, before the commit.
pub(crate) fn completion() -> TaskEvent {
    let before = Task { version: 2, ..stored() };
    let after = Task {
        completed: true,
        completed_at: Some("2027-01-31T10:12:00Z".to_owned()),
        updated_at: "2027-01-31T10:12:00Z".to_owned(),
        version: 3,
        ..task()
    };
    TaskEvent {
        previous: Some(before),
        changed: Some(vec!["completed".to_owned()]),
        ..task_event(EventType::TaskCompleted, 3, after)
    }
}

/// The plainest task there is, so that every absent member is seen as `null`.
pub(crate) fn deleted() -> CloudEvent {
    let plain = Task {
        description: String::new(),
        priority: Priority::Medium,
        tags: Vec::new(),
        due_at: None,
        recurrence: None,
        reminders: Vec::new(),
        subtasks: Vec::new(),
        series_id: None,
        occurrence: None,
        ..task()
    };
    published(4, task_event(EventType::TaskDeleted, 4, plain))
}

pub(crate) fn user_deleted() -> CloudEvent {
    let data = UserEvent {
        event_type: EventType::UserDeleted.as_str().to_owned(),
        event_id: event_id(5),
        schema_version: SCHEMA_VERSION.to_owned(),
        user_id: USER.to_owned(),
        timestamp: "2027-02-01T08:00:00Z".to_owned(),
        correlation_id: event_id(5),
    };
    CloudEvent::user("taskmaster/task-api", data, None)
}

fn reminder_due() -> CloudEvent {
    let data = ReminderDue {
        event_type: EventType::ReminderDue.as_str().to_owned(),
        event_id: "2d7c1f2c-4d0c-5a6e-9a53-0c4a1a8f9f21".to_owned(),
        schema_version: SCHEMA_VERSION.to_owned(),
        user_id: USER.to_owned(),
        task_id: TASK_NUMBER,
        timestamp: "2027-01-31T08:45:00Z".to_owned(),
        correlation_id: event_id(1),
        reminder: Reminder::Before("PT15M".to_owned()),
        fire_at: "2027-01-31T08:45:00Z".to_owned(),
        task_data: stored(),
    };
    CloudEvent::reminder("taskmaster/reminder", data, Some(TRACEPARENT.to_owned()))
}

fn published(sequence: u64, data: TaskEvent) -> CloudEvent {
    let traceparent = Some(TRACEPARENT.to_owned());
    let mut event = CloudEvent::task("taskmaster/task-api", data, traceparent);
    event.assign(TASK_NUMBER, sequence);
    event
}

fn task_event(event_type: EventType, nth: u8, task: Task) -> TaskEvent {
    TaskEvent {
        event_type: event_type.as_str().to_owned(),
        event_id: event_id(nth),
        schema_version: SCHEMA_VERSION.to_owned(),
        user_id: USER.to_owned(),
        task_id: 0,
        timestamp: "2027-01-31T10:12:00Z".to_owned(),
        sequence: 0,
        correlation_id: event_id(nth),
        task_data: task,
        previous: None,
        changed: None,
    }
}

fn event_id(nth: u8) -> String {
    format!("0190a1b2-0000-7000-8000-0000000000{nth:02x}")
}

/// The task once its number is known.
fn stored() -> Task {
    Task { id: TASK_NUMBER, ..task() }
}

fn task() -> Task {
    Task {
        id: 0,
        title: "Water plants".to_owned(),
        description: "The ones in the پودے room".to_owned(),
        completed: false,
        priority: Priority::High,
        tags: vec!["home".to_owned(), "garden".to_owned()],
        due_at: Some("2027-01-31T09:00:00Z".to_owned()),
        timezone: "Europe/Berlin".to_owned(),
        recurrence: Some(Recurrence {
            rule: "FREQ=MONTHLY".to_owned(),
            basis: Basis::Due,
            until: Some("2028-01-31T09:00:00Z".to_owned()),
            count: None,
            text: "every month, until 31 Jan 2028".to_owned(),
        }),
        reminders: vec![
            Reminder::Before("PT15M".to_owned()),
            Reminder::At("2027-01-30T18:00:00Z".to_owned()),
        ],
        subtasks: vec![Subtask { title: "Fill the can".to_owned(), completed: true }],
        created_at: "2027-01-01T08:00:00Z".to_owned(),
        updated_at: "2027-01-01T08:00:00Z".to_owned(),
        completed_at: None,
        version: 1,
        series_id: Some(SERIES.to_owned()),
        occurrence: Some(1),
    }
}
