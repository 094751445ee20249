//! What must hold of an app's data once nothing is on its way any more, whatever happened before.

mod rows;
mod rules;
#[cfg(test)]
mod tests;

use chrono::DateTime;
use rusqlite::Connection;
use serde_json::Value;
use task_contracts::names::{EventType, Topic};
use task_contracts::reminder_job::ReminderJob;

use crate::data_folder::DataFolder;
use crate::topics::Topics;

/// The tables of one moment.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub users: Vec<User>,
    pub tasks: Vec<Task>,
    pub events: Vec<Event>,
    pub successions: Vec<Succession>,
    pub reminders: Vec<Reminder>,
    pub inbox: Vec<Consumed>,
}

#[derive(Clone, Debug)]
pub struct User {
    pub id: String,
    pub change_seq: i64,
    pub next_task_number: i64,
    pub task_count: i64,
}

#[derive(Clone, Debug)]
pub struct Task {
    pub user: String,
    pub number: i64,
    pub version: i64,
    pub is_completed: bool,
    pub is_recurring: bool,
    pub series: Option<String>,
    pub occurrence: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Event {
    pub position: i64,
    pub user: String,
    pub seq: Option<i64>,
    pub id: String,
    pub number: i64,
    pub created_at_ms: i64,
    /// The CloudEvent as it was written, before its number and sequence were known.
    pub body: Value,
}

#[derive(Clone, Debug)]
pub struct Succession {
    pub user: String,
    pub series: String,
    pub occurrence: i64,
    pub successor: i64,
}

#[derive(Clone, Debug)]
pub struct Reminder {
    pub user: String,
    pub number: i64,
    pub n: i64,
    pub version: i64,
    pub fire_at_ms: i64,
    pub state: String,
}

#[derive(Clone, Debug)]
pub struct Consumed {
    pub consumer: String,
    pub event_id: String,
}

/// How full the outbox is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outbox {
    pub pending: i64,
    /// Grows with every event, so that equal values mean that nothing was written in between.
    pub last_position: i64,
}

impl Ledger {
    pub fn read(data: &DataFolder) -> Self {
        read(data, rows::ledger).unwrap_or_default()
    }

    /// Panics with every rule that is broken.
    #[track_caller]
    pub fn check(&self, topics: &Topics) {
        let broken = rules::broken(self, topics);
        assert!(broken.is_empty(), "the data is not consistent:\n  {}", broken.join("\n  "));
    }

    /// The live instances of a series that stand at this occurrence.
    pub fn instances(&self, series: &str, occurrence: i64) -> usize {
        let is_it = |task: &&Task| {
            task.series.as_deref() == Some(series) && task.occurrence == Some(occurrence)
        };
        self.tasks.iter().filter(is_it).count()
    }

    /// Completed occurrences over all users.
    pub fn completed_occurrences(&self) -> usize {
        self.tasks.iter().filter(|task| task.is_completed && task.series.is_some()).count()
    }

    pub fn events_of(&self, user: &str) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.user == user)
    }
}

impl Event {
    pub fn kind(&self) -> &str {
        self.body["type"].as_str().unwrap_or_default()
    }

    pub fn version(&self) -> i64 {
        self.body["data"]["task_data"]["version"].as_i64().unwrap_or_default()
    }

    pub fn topic(&self) -> Option<Topic> {
        EventType::parse(self.kind()).topic()
    }

    /// The instant that a `reminder.due` was set for.
    pub fn fire_at_ms(&self) -> i64 {
        let fire_at = self.body["data"]["fire_at"].as_str().unwrap_or_default();
        DateTime::parse_from_rfc3339(fire_at).map_or(i64::MAX, |at| at.timestamp_millis())
    }

    pub fn source(&self) -> &str {
        self.body["source"].as_str().unwrap_or_default()
    }
}

impl Reminder {
    /// The job that wakes it.
    pub fn job(&self) -> String {
        let Reminder { user, number, n, version, .. } = self;
        format!("r-{user}-{number}-{n}-{version}")
    }

    /// The event that says it fell due.
    pub fn event_id(&self) -> String {
        let job: Result<ReminderJob, _> = self.job().parse();
        job.map(|job| job.event_id().to_string()).unwrap_or_default()
    }
}

/// How full the outbox of this folder is.
pub fn outbox(data: &DataFolder) -> Outbox {
    read(data, rows::outbox).unwrap_or(Outbox { pending: 0, last_position: 0 })
}

/// `None` before the first request has made the tables.
fn read<T>(data: &DataFolder, rows: fn(&Connection) -> rusqlite::Result<T>) -> Option<T> {
    let database = rows::open(data)?;
    Some(rows(&database).unwrap_or_else(|error| panic!("cannot read the database: {error}")))
}
