//! A line as a task.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use task_domain::{
    Description, Draft, Ordinal, Priority, RecurrenceInput, Reminder, Rule, Subtask, Title,
};

use super::keys::{self, Keys};
use super::{SIGILS, interval};
use crate::fault::{Fault, Faults, Problem};
use crate::imported::ImportedTask;
use crate::labels::{self, Word};
use crate::local_time::{self, end_of_day, morning};
use crate::reader::Context;
use crate::{duration, escape, instant, recurrence};

/// What stands before the text: `x (A) 2027-03-02 2027-03-01`.
struct Head<'l> {
    is_completed: bool,
    priority: Option<char>,
    completed_on: Option<NaiveDate>,
    created_on: Option<NaiveDate>,
    text: &'l str,
}

pub(super) fn task(line: u64, text: &str, context: &Context) -> Result<ImportedTask, Vec<Fault>> {
    let faults = &mut Faults::default();
    let head = head(text);
    let mut keys = Keys::default();
    let labelled = labels::read(head.text, &SIGILS, |word| take(&mut keys, word));
    let timezone = keys.get("tz").and_then(|name| name.parse().ok()).unwrap_or(context.timezone);

    let title = keys.get("title").and_then(escape::text).unwrap_or(labelled.title);
    let title = faults.take(line, "title", Title::parse(&title));
    let note = keys.get("note").and_then(escape::text).unwrap_or_default();
    let description = faults.take(line, "note", Description::parse(&note));
    let priority = faults.take(line, "pri", priority(&head, &keys));
    let due_at = faults.take(line, "due", due_at(&keys, timezone));
    let recurrence = faults.take(line, "rec", repeat(&keys));
    let reminders = faults.take(line, "t", reminders(&keys, timezone));
    let subtasks = faults.take(line, "sub", subtasks(&keys));
    let imported = title.map(|title| ImportedTask {
        uid: keys.get("uid").and_then(escape::text),
        anchor: keys.get("anchor").and_then(|text| recurrence::anchor(text).ok()),
        occurrence: keys.get("occurrence").and_then(|text| text.parse().ok()).map(Ordinal),
        created_at: exact(&keys, "created")
            .or_else(|| head.created_on.map(|date| at(date, NaiveTime::MIN, timezone))),
        updated_at: exact(&keys, "updated"),
        completed_at: completed_at(&head, &keys, timezone, context.now),
        ..ImportedTask::new(Draft {
            description: description.unwrap_or_default(),
            priority: priority.unwrap_or_default(),
            tags: labelled.tags,
            due_at: due_at.flatten(),
            recurrence: recurrence.flatten(),
            reminders: reminders.or_else(|| Some(Vec::new())),
            subtasks: subtasks.unwrap_or_default(),
            ..Draft::new(title, timezone)
        })
    });
    std::mem::take(faults).unless(imported)
}

/// A key is no part of the title; `tag:` stands in for a label of several words.
pub(super) fn take<'l>(keys: &mut Keys<'l>, word: &'l str) -> Word {
    let tag = keys::key(word).filter(|(name, _)| *name == "tag");
    match tag.and_then(|(_, value)| keys::tag(value)) {
        Some(tag) => Word::Label(tag),
        None if keys.take(word) => Word::Taken,
        None => Word::Text,
    }
}

fn head(text: &str) -> Head<'_> {
    let text = text.trim();
    let (is_completed, text) = match text.strip_prefix("x ") {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text),
    };
    let (priority, text) = match letter(text) {
        Some(letter) => (Some(letter), text[3..].trim_start()),
        None => (None, text),
    };
    let (first, after_first) = leading_date(text);
    let (second, after_second) = match first {
        Some(_) if is_completed => leading_date(after_first),
        _ => (None, after_first),
    };
    // A single date is the completion's where there is one.
    let (completed_on, created_on) = if is_completed { (first, second) } else { (None, first) };
    Head { is_completed, priority, completed_on, created_on, text: after_second }
}

/// `(A) ` and nothing else.
fn letter(text: &str) -> Option<char> {
    match text.as_bytes() {
        [b'(', letter @ b'A'..=b'Z', b')', b' ', ..] => Some(char::from(*letter)),
        _ => None,
    }
}

fn leading_date(text: &str) -> (Option<NaiveDate>, &str) {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match local_time::date(word) {
        Ok(date) => (Some(date), rest.trim_start()),
        Err(_) => (None, text),
    }
}

fn priority(head: &Head<'_>, keys: &Keys<'_>) -> Result<Priority, Problem> {
    // Programs that complete a task move its letter into a key.
    let letter = match (head.priority, keys.get("pri")) {
        (Some(letter), _) => letter,
        (None, None) => return Ok(Priority::default()),
        (None, Some(text)) => match text.as_bytes() {
            [letter @ b'A'..=b'Z'] => char::from(*letter),
            _ => return Err(Problem::unreadable(text, "a letter from A to Z")),
        },
    };
    Ok(match letter {
        'A' => Priority::Urgent,
        'B' => Priority::High,
        'C' => Priority::Medium,
        _ => Priority::Low,
    })
}

/// A task that repeats without a due date is due when it is to come up.
fn due_at(keys: &Keys<'_>, timezone: Tz) -> Result<Option<DateTime<Utc>>, Problem> {
    if let Some(exact) = exact(keys, "at") {
        return Ok(Some(exact));
    }
    let repeats = keys.get("rec").or(keys.get("rrule")).is_some();
    let come_up = keys.get("t").filter(|_| repeats);
    let Some(text) = keys.get("due").or(come_up) else { return Ok(None) };
    let time = keys.get("time").and_then(keys::time).unwrap_or_else(end_of_day);
    Ok(Some(at(local_time::date(text)?, time, timezone)))
}

fn repeat(keys: &Keys<'_>) -> Result<Option<RecurrenceInput>, Problem> {
    let Some(rule) = keys.get("rrule") else {
        return keys.get("rec").map(interval::parse).transpose();
    };
    let basis = keys.get("basis").map(recurrence::basis).transpose()?.unwrap_or_default();
    Ok(Some(RecurrenceInput { rule: Rule::parse(rule)?, basis }))
}

fn reminders(keys: &Keys<'_>, timezone: Tz) -> Result<Vec<Reminder>, Problem> {
    let read = |(name, value): (&str, &str)| match (name, duration::parse(value)) {
        ("t", _) => Ok(Reminder::At(at(local_time::date(value)?, morning(), timezone))),
        (_, Some(before)) => Ok(Reminder::Before(before)),
        _ => instant::parse(value).map(Reminder::At),
    };
    keys.all(&["t", "remind"]).map(read).collect()
}

fn subtasks(keys: &Keys<'_>) -> Result<Vec<Subtask>, Problem> {
    let read = |(name, value)| {
        let title = Title::parse(&escape::text(value).unwrap_or_default())?;
        Ok(Subtask { title, completed: name == "subdone" })
    };
    keys.all(&["sub", "subdone"]).map(read).collect()
}

/// Done on a day means by its end; a day that has not ended was done by now.
fn completed_at(
    head: &Head<'_>,
    keys: &Keys<'_>,
    timezone: Tz,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let by_day = head.completed_on.map(|date| at(date, end_of_day(), timezone).min(now));
    head.is_completed.then(|| exact(keys, "done").or(by_day).unwrap_or(now))
}

fn exact(keys: &Keys<'_>, name: &str) -> Option<DateTime<Utc>> {
    keys.get(name).and_then(|text| instant::parse(text).ok())
}

fn at(date: NaiveDate, time: NaiveTime, timezone: Tz) -> DateTime<Utc> {
    local_time::instant(date.and_time(time), timezone)
}
