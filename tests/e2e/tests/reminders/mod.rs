//! Reminders: set with their task, rung once at their instant, and never for what is done with.

mod firing;
mod schedule;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde_json::{Value, json};
use task_contracts::names::Topic;
use test_support::{App, Client, eventually};

#[expect(clippy::disallowed_methods, reason = "the app under test lives in real time")]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// An instant from now, as a body spells it.
pub(crate) fn from_now(lead: Duration) -> String {
    (now() + lead).to_rfc3339_opts(SecondsFormat::Millis, true)
}

pub(crate) fn ms(instant: &Value) -> i64 {
    let text = instant.as_str().unwrap_or_default();
    DateTime::parse_from_rfc3339(text).expect("an instant").timestamp_millis()
}

/// A task that rings after this time.
pub(crate) fn ringing_in(client: &Client, lead: Duration) -> Value {
    client.create(json!({"title": "Call", "reminders": [{"at": from_now(lead)}]}))
}

/// The job of a task's only reminder, as that version of the task set it.
pub(crate) fn job(client: &Client, task: &Value, version: u64) -> String {
    format!("r-{}-{}-1-{version}", client.user_id(), task["id"])
}

/// What the topic says of the reminders that fell due: the event, and when it was published.
pub(crate) fn due(app: &App) -> Vec<(Value, i64)> {
    let topics = app.topics();
    let records = topics.on(Topic::Reminders.as_str());
    records.map(|record| (record.event.clone(), record.published_at_ms)).collect()
}

#[track_caller]
pub(crate) fn wait_for_due(app: &App, count: usize) -> Vec<(Value, i64)> {
    eventually(&format!("{count} reminders fall due"), || {
        let due = due(app);
        (due.len() >= count).then_some(due)
    })
}
