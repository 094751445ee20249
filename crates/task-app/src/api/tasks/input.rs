//! Bodies of the calls on tasks, and what they ask for in the domain's terms.

use chrono_tz::Tz;
use serde::Deserialize;
use task_contracts::types as wire;
use task_domain::{Description, Draft, Patch, Subtask, Title};

use crate::given::Given;
use crate::problem::FieldProblem;
use crate::{Problem, convert};

/// The usual nap of an alarm clock.
pub(crate) const SNOOZE_DEFAULT_MINUTES: u32 = 10;

/// The body of POST, PUT and PATCH: any of a task's own fields.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct TaskInput {
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    #[serde(default)]
    title: Given<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    #[serde(default)]
    description: Given<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = bool))]
    #[serde(default)]
    completed: Given<bool>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<wire::Priority>))]
    #[serde(default)]
    priority: Given<wire::Priority>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    #[serde(default)]
    tags: Given<Vec<String>>,
    /// An instant; `deadline` is its older name.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    #[serde(default, alias = "deadline")]
    due_at: Given<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    #[serde(default)]
    timezone: Given<String>,
    /// A word (`daily`, `every_monday`, …) or an object `{rule, basis, until, count}`.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<crate::openapi::shapes::RecurrenceInput>)
    )]
    #[serde(default)]
    recurrence: Given<serde_json::Value>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<wire::Reminder>>))]
    #[serde(default)]
    reminders: Given<Vec<wire::Reminder>>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<SubtaskInput>>))]
    #[serde(default)]
    subtasks: Given<Vec<SubtaskInput>>,
}

#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct SubtaskInput {
    title: String,
    #[serde(default)]
    completed: bool,
}

/// The body of `PATCH …/complete`.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct Completion {
    pub(crate) completed: bool,
}

/// The body of `POST …/snooze`; without one it is ten minutes.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub(crate) struct Snooze {
    pub(crate) minutes: Option<u32>,
    /// An instant; wins over `minutes`.
    pub(crate) until: Option<String>,
}

impl TaskInput {
    /// What the body names, as a change. Every fault is told at once.
    pub(super) fn patch(&self) -> Result<Patch, Problem> {
        let faults = &mut Vec::new();
        let title = self.title.read(faults, |text| Title::parse(text));
        let timezone = self.timezone.read(faults, |name| convert::timezone(name));
        let completed = self.completed.read(faults, |completed| sure(*completed));
        let patch = Patch {
            title: not_null("title", title, faults),
            description: self
                .description
                .read(faults, |text| Description::parse(text))
                .map(Option::unwrap_or_default),
            completed: not_null("completed", completed, faults),
            priority: self
                .priority
                .read(faults, |priority| sure(convert::priority(*priority)))
                .map(Option::unwrap_or_default),
            tags: self
                .tags
                .read(faults, |tags| convert::parse_tags(tags))
                .map(Option::unwrap_or_default),
            due_at: self.due_at.read(faults, |text| convert::parse_instant("due_at", text)),
            timezone: not_null("timezone", timezone, faults),
            recurrence: self.recurrence.read(faults, convert::parse_recurrence),
            reminders: self
                .reminders
                .read(faults, |reminders| convert::parse_reminders(reminders))
                .map(Option::unwrap_or_default),
            subtasks: self
                .subtasks
                .read(faults, |subtasks| self::subtasks(subtasks))
                .map(Option::unwrap_or_default),
        };
        if faults.is_empty() { Ok(patch) } else { Err(Problem::invalid(std::mem::take(faults))) }
    }
}

/// The patch of a whole body as a draft; `timezone` is the owner's, for a body that names none.
pub(super) fn draft(patch: Patch, timezone: Tz) -> Result<Draft, Problem> {
    let title = patch.title.ok_or_else(|| FieldProblem::new("title", "is required"))?;
    Ok(Draft {
        description: patch.description.unwrap_or_default(),
        priority: patch.priority.unwrap_or_default(),
        tags: patch.tags.unwrap_or_default(),
        due_at: patch.due_at.flatten(),
        recurrence: patch.recurrence.flatten(),
        reminders: patch.reminders,
        subtasks: patch.subtasks.unwrap_or_default(),
        ..Draft::new(title, patch.timezone.unwrap_or(timezone))
    })
}

/// For values that JSON has already checked.
fn sure<T>(value: T) -> Result<T, FieldProblem> {
    Ok(value)
}

/// A member that every task has cannot be taken away.
fn not_null<T>(field: &str, read: Option<Option<T>>, faults: &mut Vec<FieldProblem>) -> Option<T> {
    if let Some(None) = read {
        let detail = "cannot be null; leave it out to keep it".to_owned();
        faults.push(FieldProblem { field: field.to_owned(), detail });
    }
    read.flatten()
}

fn subtasks(inputs: &[SubtaskInput]) -> Result<Vec<Subtask>, FieldProblem> {
    convert::parse_subtasks(inputs.iter().map(|input| (input.title.as_str(), input.completed)))
}
