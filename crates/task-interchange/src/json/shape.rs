//! A task as JSON has it: the API's shape, with the task's name in this file and what a recurrence
//! counts from.

use serde::{Deserialize, Serialize};

/// Read leniently, because what is left out has a default; written whole.
#[derive(Deserialize, Serialize)]
pub(super) struct JsonTask {
    pub(super) uid: Option<String>,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) completed: Option<bool>,
    pub(super) priority: Option<JsonPriority>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) due_at: Option<String>,
    pub(super) timezone: Option<String>,
    pub(super) recurrence: Option<JsonRecurrence>,
    pub(super) reminders: Option<Vec<JsonReminder>>,
    pub(super) subtasks: Option<Vec<JsonSubtask>>,
    pub(super) created_at: Option<String>,
    pub(super) updated_at: Option<String>,
    pub(super) completed_at: Option<String>,
    pub(super) occurrence: Option<u32>,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum JsonPriority {
    Low,
    Medium,
    High,
    Urgent,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged, expecting = "a word such as \"weekly\", or an object with a `rule`")]
pub(super) enum JsonRecurrence {
    Word(String),
    Parts(JsonParts),
}

#[derive(Deserialize, Serialize)]
pub(super) struct JsonParts {
    pub(super) rule: String,
    pub(super) basis: Option<JsonBasis>,
    pub(super) until: Option<String>,
    pub(super) count: Option<u32>,
    /// The wall clock that the rule counts from, where it is not the due date's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) anchor: Option<String>,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum JsonBasis {
    Due,
    Completion,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum JsonReminder {
    Before(String),
    At(String),
}

#[derive(Deserialize, Serialize)]
pub(super) struct JsonSubtask {
    pub(super) title: String,
    #[serde(default)]
    pub(super) completed: bool,
}
