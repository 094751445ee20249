//! Tasks as values: what a create asks for, what is stored of it, and what the API shows.
//!
//! It must not know a database.

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::clock;

const PRIORITIES: [&str; 4] = ["low", "medium", "high", "urgent"];

/// When a task that is due rings, unless its owner says otherwise.
const REMINDER_BEFORE: Duration = Duration::minutes(15);

/// The body of a create.
#[derive(Clone, Deserialize)]
pub(crate) struct Draft {
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    priority: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    due_at: Option<DateTime<Utc>>,
    recurrence: Option<String>,
}

/// A task's columns, with lists and rules as the JSON text that they are stored as.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) number: i64,
    pub(crate) version: i64,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) priority: i64,
    pub(crate) tags: String,
    pub(crate) due_at: Option<i64>,
    pub(crate) timezone: String,
    pub(crate) recurrence: Option<String>,
    pub(crate) reminders: String,
    pub(crate) subtasks: String,
    pub(crate) series_id: Option<Uuid>,
    pub(crate) occurrence: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// A task as the API shows it.
#[derive(Serialize)]
pub(crate) struct Task {
    pub(crate) id: i64,
    title: String,
    description: String,
    completed: bool,
    priority: &'static str,
    tags: Value,
    due_at: Option<String>,
    timezone: String,
    recurrence: Value,
    reminders: Value,
    subtasks: Value,
    pub(crate) created_at: String,
    updated_at: String,
    completed_at: Option<String>,
    version: i64,
    series_id: Option<Uuid>,
    occurrence: Option<i64>,
}

#[derive(Serialize)]
pub(crate) struct Page {
    pub(crate) tasks: Vec<Task>,
    pub(crate) total: i64,
    pub(crate) next_cursor: Option<String>,
    pub(crate) seq: i64,
}

pub(crate) enum CreateOutcome {
    Created(Box<Task>),
    RateLimited,
    NoSuchUser,
}

impl Row {
    /// The first version of a drafted task.
    pub(crate) fn of(draft: &Draft, number: i64, now: DateTime<Utc>) -> Self {
        let wanted = draft.priority.as_deref().unwrap_or("medium");
        let ranks = PRIORITIES.into_iter().zip(0..);
        let rank = ranks.into_iter().find(|(known, _)| *known == wanted);
        let recurrence = draft.recurrence.as_ref().map(|word| {
            json!({"rule": format!("FREQ={}", word.to_uppercase()), "basis": "due",
                "until": null, "count": null, "text": word})
        });
        let reminders = match draft.due_at {
            Some(_) => json!([{"before": "PT15M"}]),
            None => json!([]),
        };
        let recurs = recurrence.is_some();
        Row {
            number,
            version: 1,
            title: draft.title.trim().to_owned(),
            description: draft.description.clone(),
            priority: rank.map_or(1, |(_, rank)| rank),
            tags: json!(draft.tags).to_string(),
            due_at: draft.due_at.map(|at| at.timestamp_millis()),
            timezone: "UTC".to_owned(),
            recurrence: recurrence.map(|rule| rule.to_string()),
            reminders: reminders.to_string(),
            subtasks: "[]".to_owned(),
            series_id: recurs.then(clock::mint),
            occurrence: recurs.then_some(1),
            created_at: now.timestamp_millis(),
            updated_at: now.timestamp_millis(),
        }
    }

    pub(crate) fn title_key(&self) -> String {
        self.title.to_lowercase()
    }

    pub(crate) fn search_text(&self) -> String {
        let tags: Vec<String> = serde_json::from_str(&self.tags).unwrap_or_default();
        let description = self.description.to_lowercase();
        format!("{}\n{description}\n{}", self.title_key(), tags.join("\n"))
    }

    /// When its reminder rings, if it has one.
    pub(crate) fn rings_at(&self) -> Option<i64> {
        self.due_at.map(|due| due - REMINDER_BEFORE.num_milliseconds())
    }

    pub(crate) fn shown(&self) -> Task {
        let json = |text: &str| serde_json::from_str(text).unwrap_or_default();
        let priority = usize::try_from(self.priority).ok().and_then(|rank| PRIORITIES.get(rank));
        Task {
            id: self.number,
            title: self.title.clone(),
            description: self.description.clone(),
            completed: false,
            priority: priority.copied().unwrap_or("medium"),
            tags: json(&self.tags),
            due_at: self.due_at.map(instant),
            timezone: self.timezone.clone(),
            recurrence: self.recurrence.as_deref().map(json).unwrap_or_default(),
            reminders: json(&self.reminders),
            subtasks: json(&self.subtasks),
            created_at: instant(self.created_at),
            updated_at: instant(self.updated_at),
            completed_at: None,
            version: self.version,
            series_id: self.series_id,
            occurrence: self.occurrence,
        }
    }
}

impl Page {
    pub(crate) fn of(rows: &[Row], total: i64, seq: i64) -> Self {
        let tasks: Vec<Task> = rows.iter().map(Row::shown).collect();
        let is_whole = usize::try_from(total).is_ok_and(|total| total <= tasks.len());
        let next_cursor = tasks.last().filter(|_| !is_whole);
        let next_cursor = next_cursor.map(|task| format!("{}:{}", task.created_at, task.id));
        Page { tasks, total, next_cursor, seq }
    }
}

fn instant(at_ms: i64) -> String {
    let at = DateTime::from_timestamp_millis(at_ms).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
