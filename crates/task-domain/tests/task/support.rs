//! A task to begin with, and what became of it.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use task_domain::transition::{self, Outcome, Updated};
use task_domain::{
    Basis, Draft, FieldError, Patch, RecurrenceInput, Rule, SeriesId, Subtask, Tag, Task,
    TaskError, Title,
};
use uuid::Uuid;

pub(crate) const BERLIN: Tz = Tz::Europe__Berlin;

pub(crate) const SERIES: SeriesId = SeriesId(Uuid::from_u128(7));
pub(crate) const OTHER_SERIES: SeriesId = SeriesId(Uuid::from_u128(8));

pub(crate) fn utc(text: &str) -> DateTime<Utc> {
    wall(text).and_utc()
}

pub(crate) fn wall(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect(text)
}

/// An instant given as clocks in Berlin show it.
pub(crate) fn berlin(text: &str) -> DateTime<Utc> {
    wall(text).and_local_timezone(BERLIN).earliest().expect(text).to_utc()
}

/// The instant at which everything here is created.
pub(crate) fn created_at() -> DateTime<Utc> {
    utc("2027-01-01 08:00")
}

/// The instant at which things happen afterwards.
pub(crate) fn now() -> DateTime<Utc> {
    utc("2027-01-02 08:00")
}

pub(crate) fn title(text: &str) -> Title {
    Title::parse(text).expect(text)
}

pub(crate) fn tags(texts: &[&str]) -> Vec<Tag> {
    texts.iter().map(|text| Tag::parse(text).expect(text)).collect()
}

pub(crate) fn subtask(text: &str, completed: bool) -> Subtask {
    Subtask { title: title(text), completed }
}

pub(crate) fn input(rule: &str) -> RecurrenceInput {
    RecurrenceInput { rule: Rule::parse(rule).expect(rule), basis: Basis::Due }
}

pub(crate) fn draft() -> Draft {
    Draft::new(title("Water plants"), BERLIN)
}

/// Due as clocks in Berlin show it.
pub(crate) fn due_draft(due: &str) -> Draft {
    Draft { due_at: Some(berlin(due)), ..draft() }
}

pub(crate) fn recurring_draft(due: &str, rule: &str) -> Draft {
    Draft { recurrence: Some(input(rule)), ..due_draft(due) }
}

pub(crate) fn create(draft: Draft) -> Task {
    transition::create(draft, created_at(), SERIES).expect("a valid draft")
}

pub(crate) fn recurring(due: &str, rule: &str) -> Task {
    create(recurring_draft(due, rule))
}

#[track_caller]
pub(crate) fn updated(outcome: Outcome) -> Updated {
    match outcome {
        Outcome::Updated(updated) => updated,
        Outcome::Unchanged => panic!("nothing changed"),
    }
}

#[track_caller]
pub(crate) fn patched(task: &Task, patch: Patch) -> Task {
    let outcome = transition::update(task, &patch, now(), OTHER_SERIES);
    updated(outcome.expect("a valid patch")).task
}

/// The due date as clocks in the task's zone show it.
pub(crate) fn due(task: &Task) -> String {
    let due_at = task.due_at.expect("a due date").with_timezone(&task.timezone);
    due_at.format("%Y-%m-%d %H:%M").to_string()
}

/// One line for each faulty field.
pub(crate) fn faults(error: TaskError) -> Vec<String> {
    match error {
        TaskError::Invalid(errors) => errors
            .into_iter()
            .map(|error: FieldError| format!("{}: {error}", error.field))
            .collect(),
        TaskError::Completed => vec![error.to_string()],
    }
}
