//! A task as columns, and back. Owns how lists and the recurrence are spelled in a column; knows
//! no engine.

use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use task_domain::recurrence::{Basis, Recurrence, Rule};
use task_domain::text::{Description, Tag, Title};
use task_domain::{
    Ordinal, Priority, Reminder, SeriesId, SeriesPosition, Subtask, Task, TaskNumber, TaskRecord,
    Version,
};

use crate::row::Row;
use crate::search_text;
use crate::store::StoreError;

/// How many columns [`read`] takes.
const COLUMNS: usize = 16;

/// Sorts tasks without a due date; in milliseconds it lies beyond the last year that a date has.
const AFTER_EVERY_DUE_DATE: i64 = 9_000_000_000_000_000;

/// How an anchor is written: wall clock without a zone, which is the task's.
const ANCHOR_FORMAT: &str = "%Y-%m-%dT%H:%M:%S%.f";

/// Every column of a task but its number and version, under the columns' names.
#[derive(Serialize)]
pub(crate) struct TaskColumns<'t> {
    title: &'t str,
    description: &'t str,
    priority: u8,
    tags: Vec<&'t str>,
    due_at: Option<i64>,
    timezone: &'static str,
    recurrence: Option<RecurrenceColumn>,
    reminders: Vec<ReminderColumn>,
    subtasks: Vec<SubtaskColumn>,
    series_id: Option<String>,
    occurrence: Option<u32>,
    completed_at: Option<i64>,
    created_at: i64,
    updated_at: i64,
    title_key: String,
    search_text: String,
    completed: bool,
    due_ascending: i64,
    due_descending: i64,
}

#[derive(Serialize, Deserialize)]
struct RecurrenceColumn {
    rule: String,
    basis: BasisColumn,
    anchor: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum BasisColumn {
    Due,
    Completion,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ReminderColumn {
    BeforeMs(i64),
    At(i64),
}

#[derive(Serialize, Deserialize)]
struct SubtaskColumn {
    title: String,
    completed: bool,
}

pub(crate) fn columns(task: &Task) -> TaskColumns<'_> {
    let due_at = task.due_at.map(|it| it.timestamp_millis());
    TaskColumns {
        title: task.title.as_str(),
        description: task.description.as_str(),
        priority: priority_rank(task.priority),
        tags: task.tags.iter().map(Tag::as_str).collect(),
        due_at,
        timezone: task.timezone.name(),
        recurrence: task.recurrence.as_ref().map(recurrence_column),
        reminders: task.reminders.iter().map(reminder_column).collect(),
        subtasks: task.subtasks.iter().map(subtask_column).collect(),
        series_id: task.series.map(|it| it.id.to_string()),
        occurrence: task.series.map(|it| it.occurrence.0),
        completed_at: task.completed_at.map(|it| it.timestamp_millis()),
        created_at: task.created_at.timestamp_millis(),
        updated_at: task.updated_at.timestamp_millis(),
        title_key: search_text::fold(task.title.as_str()),
        search_text: search_text::of_task(task),
        completed: task.is_completed(),
        due_ascending: due_at.unwrap_or(AFTER_EVERY_DUE_DATE),
        due_descending: due_at.unwrap_or(-AFTER_EVERY_DUE_DATE),
    }
}

/// Its order is the order of the priorities.
pub(crate) fn priority_rank(priority: Priority) -> u8 {
    match priority {
        Priority::Low => 0,
        Priority::Medium => 1,
        Priority::High => 2,
        Priority::Urgent => 3,
    }
}

/// Reads the columns number, version, title, description, priority, tags, due_at, timezone,
/// recurrence, reminders, subtasks, series_id, occurrence, completed_at, created_at, updated_at;
/// `None` where a join found no task.
pub(crate) fn read(row: &mut Row) -> Result<Option<TaskRecord>, StoreError> {
    let Some(number) = row.number_or_null("number")? else {
        row.skip(COLUMNS - 1);
        return Ok(None);
    };
    let version = Version(row.number("version")?);
    let task = Task {
        title: parsed(row, "title", Title::parse)?,
        description: parsed(row, "description", Description::parse)?,
        priority: priority(row)?,
        tags: tags(row)?,
        due_at: row.instant_or_null("due_at")?,
        timezone: row.parsed("timezone")?,
        recurrence: recurrence(row)?,
        reminders: row.list("reminders", reminder)?,
        subtasks: row.list("subtasks", subtask)?,
        series: series(row)?,
        completed_at: row.instant_or_null("completed_at")?,
        created_at: row.instant("created_at")?,
        updated_at: row.instant("updated_at")?,
    };
    Ok(Some(TaskRecord { number: TaskNumber(number), version, task }))
}

fn recurrence_column(recurrence: &Recurrence) -> RecurrenceColumn {
    RecurrenceColumn {
        rule: recurrence.rule.to_string(),
        basis: match recurrence.basis {
            Basis::Due => BasisColumn::Due,
            Basis::Completion => BasisColumn::Completion,
        },
        anchor: recurrence.anchor.format(ANCHOR_FORMAT).to_string(),
    }
}

fn reminder_column(reminder: &Reminder) -> ReminderColumn {
    match reminder {
        Reminder::Before(span) => ReminderColumn::BeforeMs(span.num_milliseconds()),
        Reminder::At(instant) => ReminderColumn::At(instant.timestamp_millis()),
    }
}

fn subtask_column(subtask: &Subtask) -> SubtaskColumn {
    SubtaskColumn { title: subtask.title.as_str().to_owned(), completed: subtask.completed }
}

fn priority(row: &mut Row) -> Result<Priority, StoreError> {
    match row.integer("priority")? {
        0 => Ok(Priority::Low),
        1 => Ok(Priority::Medium),
        2 => Ok(Priority::High),
        3 => Ok(Priority::Urgent),
        _ => Err(row.unreadable("priority")),
    }
}

fn tags(row: &mut Row) -> Result<Vec<Tag>, StoreError> {
    row.list("tags", |tag: String| Tag::parse(&tag).ok())
}

fn recurrence(row: &mut Row) -> Result<Option<Recurrence>, StoreError> {
    let Some(text) = row.text_or_null("recurrence")? else { return Ok(None) };
    let column: Option<RecurrenceColumn> = serde_json::from_str(&text).ok();
    let recurrence = column.and_then(|it| {
        Some(Recurrence {
            rule: Rule::parse(&it.rule).ok()?,
            basis: match it.basis {
                BasisColumn::Due => Basis::Due,
                BasisColumn::Completion => Basis::Completion,
            },
            anchor: NaiveDateTime::parse_from_str(&it.anchor, ANCHOR_FORMAT).ok()?,
        })
    });
    recurrence.map(Some).ok_or_else(|| row.unreadable("recurrence"))
}

fn reminder(column: ReminderColumn) -> Option<Reminder> {
    match column {
        ReminderColumn::BeforeMs(span) => Duration::try_milliseconds(span).map(Reminder::Before),
        ReminderColumn::At(millis) => {
            DateTime::<Utc>::from_timestamp_millis(millis).map(Reminder::At)
        }
    }
}

fn subtask(column: SubtaskColumn) -> Option<Subtask> {
    Some(Subtask { title: Title::parse(&column.title).ok()?, completed: column.completed })
}

fn series(row: &mut Row) -> Result<Option<SeriesPosition>, StoreError> {
    let id = row.text_or_null("series_id")?;
    let occurrence = row.number_or_null("occurrence")?;
    match (id, occurrence) {
        (None, None) => Ok(None),
        (Some(id), Some(occurrence)) => {
            let id = id.parse().map_err(|_| row.unreadable("series_id"))?;
            Ok(Some(SeriesPosition { id: SeriesId(id), occurrence: Ordinal(occurrence) }))
        }
        _ => Err(row.unreadable("occurrence")),
    }
}

/// A text column through the domain's own parser.
fn parsed<T, E>(
    row: &mut Row,
    column: &'static str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, StoreError> {
    let text = row.text(column)?;
    parse(&text).map_err(|_| row.unreadable(column))
}
