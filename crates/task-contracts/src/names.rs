//! The names other programs have to agree on: topics, event types, routes, jobs.
//!
//! They stand here once; configuration files repeat them, and a test compares both.

/// The version of the data shapes, in every event.
pub const SCHEMA_VERSION: &str = "1.0";

/// The pub/sub component when the variable `pubsub_name` says nothing. Another broker changes the
/// component's type, not its name.
pub const DEFAULT_PUBSUB: &str = "kafka-pubsub";

/// Starts the name of every Dapr job that wakes a reminder: `r-<user>-<task>-<n>-<version>`.
pub const REMINDER_JOB_PREFIX: &str = "r-";

/// What Dapr calls in the application, where the application may choose the path.
pub mod route {
    /// A completed task, to make its next instance.
    pub const RECURRENCE: &str = "/events/recurrence";
    /// A change of a task, to arm and disarm its reminders.
    pub const REMINDER: &str = "/events/reminder";
    /// A reminder that fell due, to be told on its owner's channels.
    pub const NOTIFY: &str = "/events/notify";
    /// A change of a task, for the realtime hub.
    pub const SYNC: &str = "/events/sync";
    /// Known types nobody here wants. Without a route of their own they would be dead-lettered.
    pub const IGNORE: &str = "/events/ignore";
    /// What failed for good, from every dead-letter topic.
    pub const DEAD_LETTER: &str = "/events/dead-letter";
    /// The outbox sweep.
    pub const CRON_RELAY: &str = "/cron/relay";
    /// The sweep of the reminders: what the scheduler lost, and what it has yet to hear of.
    pub const CRON_REMINDERS: &str = "/cron/reminders";
    /// Messages whose next attempt is due.
    pub const CRON_DELIVERIES: &str = "/cron/deliveries";
    /// Before the name of a Dapr job. Dapr fixes this path.
    pub const JOB: &str = "/job/";
    /// A job as an HTTP call of its own, with the job's name in the body.
    pub const JOBS_TRIGGER: &str = "/api/jobs/trigger";
}

/// A topic of the broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    TaskEvents,
    Reminders,
    TaskUpdates,
}

impl Topic {
    pub const ALL: [Topic; 3] = [Topic::TaskEvents, Topic::Reminders, Topic::TaskUpdates];

    pub const fn as_str(self) -> &'static str {
        match self {
            Topic::TaskEvents => "task-events",
            Topic::Reminders => "reminders",
            Topic::TaskUpdates => "task-updates",
        }
    }

    /// Where Dapr puts what could not be delivered from this topic.
    pub const fn dead_letter(self) -> &'static str {
        match self {
            Topic::TaskEvents => "task-events-dlq",
            Topic::Reminders => "reminders-dlq",
            Topic::TaskUpdates => "task-updates-dlq",
        }
    }

    pub fn parse(name: &str) -> Option<Topic> {
        Topic::ALL.into_iter().find(|topic| topic.as_str() == name)
    }

    /// The types published on this topic.
    pub fn event_types(self) -> impl Iterator<Item = EventType> {
        EventType::KNOWN.into_iter().filter(move |known| known.topic() == Some(self))
    }
}

/// The `type` of an event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum EventType {
    TaskCreated,
    TaskUpdated,
    TaskCompleted,
    TaskDeleted,
    UserDeleted,
    TaskSync,
    ReminderDue,
    /// A type this version does not know, such as a later major (`task.created.v2`).
    Other(String),
}

impl EventType {
    pub const KNOWN: [EventType; 7] = [
        EventType::TaskCreated,
        EventType::TaskUpdated,
        EventType::TaskCompleted,
        EventType::TaskDeleted,
        EventType::UserDeleted,
        EventType::TaskSync,
        EventType::ReminderDue,
    ];

    pub fn parse(name: &str) -> EventType {
        EventType::KNOWN
            .into_iter()
            .find(|known| known.as_str() == name)
            .unwrap_or_else(|| EventType::Other(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        match self {
            EventType::TaskCreated => "task.created",
            EventType::TaskUpdated => "task.updated",
            EventType::TaskCompleted => "task.completed",
            EventType::TaskDeleted => "task.deleted",
            EventType::UserDeleted => "user.deleted",
            EventType::TaskSync => "task.sync",
            EventType::ReminderDue => "reminder.due",
            EventType::Other(name) => name,
        }
    }

    /// Where it is published; `None` for a type this version does not know.
    pub fn topic(&self) -> Option<Topic> {
        match self {
            EventType::TaskCreated
            | EventType::TaskUpdated
            | EventType::TaskCompleted
            | EventType::TaskDeleted
            | EventType::UserDeleted => Some(Topic::TaskEvents),
            EventType::TaskSync => Some(Topic::TaskUpdates),
            EventType::ReminderDue => Some(Topic::Reminders),
            EventType::Other(_) => None,
        }
    }
}
