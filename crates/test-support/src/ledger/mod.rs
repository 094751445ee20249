//! An app's tables as they stand at one moment, read from outside. What must hold of them is the
//! invariants' matter.

mod rows;
mod unfinished;

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::DateTime;
use serde_json::Value;
use task_contracts::names::{EventType, Topic};
use task_contracts::reminder_job::ReminderJob;

use crate::data_folder::DataFolder;
use crate::invariants;
use crate::topics::Topics;

/// The tables of one moment.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    pub users: Vec<User>,
    pub tasks: Vec<Task>,
    pub events: Vec<Event>,
    pub successions: Vec<Succession>,
    pub reminders: Vec<Reminder>,
    pub deliveries: Vec<Delivery>,
    pub letters: Vec<Letter>,
    pub inbox: Vec<Consumed>,
    pub read_at_ms: i64,
}

#[derive(Clone, Debug)]
pub struct User {
    pub id: String,
    pub change_seq: i64,
    pub next_task_number: i64,
    pub task_count: i64,
    /// The account is over, and what is left of it is being erased.
    pub is_ended: bool,
}

#[derive(Clone, Debug)]
pub struct Task {
    pub user: String,
    pub number: i64,
    pub version: i64,
    pub is_completed: bool,
    /// How it recurs, as the column spells it.
    pub rule: Option<String>,
    pub series: Option<String>,
    pub occurrence: Option<i64>,
    pub title: String,
    pub due_at_ms: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Event {
    pub position: i64,
    pub user: String,
    pub seq: Option<i64>,
    pub id: String,
    pub number: i64,
    pub created_at_ms: i64,
    pub is_pending: bool,
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

/// One message for one channel.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub user: String,
    pub event_id: String,
    pub channel: String,
    pub state: String,
    /// When somebody may send it; `None` for what is done with.
    pub due_at_ms: Option<i64>,
}

/// What an operator finds.
#[derive(Clone, Debug)]
pub struct Letter {
    pub topic: String,
    pub event_id: String,
    pub event_type: String,
    pub is_replayed: bool,
}

#[derive(Clone, Debug)]
pub struct Consumed {
    pub consumer: String,
    pub event_id: String,
}

/// How full the outbox is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outbox {
    pub pending: i64,
    /// Grows with every event, so that equal values mean that nothing was written in between.
    pub last_position: i64,
}

impl Ledger {
    pub fn read(data: &DataFolder) -> Self {
        let read_at_ms = now_ms();
        let ledger = data.database().read(rows::ledger).unwrap_or_default();
        Ledger { read_at_ms, ..ledger }
    }

    /// Panics with every violation of an invariant.
    #[track_caller]
    pub fn check(&self, topics: &Topics) {
        let broken = invariants::violations(self, topics);
        let broken = broken.iter().map(|(invariant, what)| format!("{invariant}: {what}"));
        let broken: Vec<String> = broken.collect();
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
    data.database().read(rows::outbox).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "the app under test lives in real time")]
fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
