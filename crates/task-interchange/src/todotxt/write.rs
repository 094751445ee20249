//! A task as a line. It always has its date of creation, which keeps a title that begins with a
//! date, an `x` or a letter in brackets from being read as more than a title.

use std::fmt::Write;

use chrono::{DateTime, NaiveTime, Utc};
use task_domain::{Priority, Reminder, Task};

use super::keys::{self, Keys};
use super::{SIGILS, interval, read};
use crate::local_time::{self, end_of_day, morning};
use crate::{duration, escape, instant, labels, recurrence};

pub(crate) fn write(uid: &str, task: &Task, out: &mut String) {
    let line = &mut Line(out);
    head(task, line);
    text(task, line);
    due(task, line);
    repeat(task, line);
    for reminder in &task.reminders {
        remind(task, reminder, line);
    }
    for subtask in &task.subtasks {
        let key = if subtask.completed { "subdone" } else { "sub" };
        line.key(key, &escape::word(subtask.title.as_str()));
    }
    if !task.description.as_str().is_empty() {
        line.key("note", &escape::word(task.description.as_str()));
    }
    times(task, line);
    line.key("uid", &escape::word(uid));
    out.push('\n');
}

/// The line as it grows, word by word.
struct Line<'o>(&'o mut String);

impl Line<'_> {
    fn word(&mut self, word: &str) {
        if !self.0.is_empty() && !self.0.ends_with('\n') {
            self.0.push(' ');
        }
        self.0.push_str(word);
    }

    fn key(&mut self, name: &str, value: &str) {
        self.word(name);
        // Writing to a String cannot fail.
        let _ = write!(self.0, ":{value}");
    }
}

fn head(task: &Task, line: &mut Line<'_>) {
    if task.is_completed() {
        line.word("x");
    } else if let Some(letter) = letter(task.priority) {
        line.word(&format!("({letter})"));
    }
    let day = |at: DateTime<Utc>| at.with_timezone(&task.timezone).format("%Y-%m-%d").to_string();
    if let Some(completed_at) = task.completed_at {
        line.word(&day(completed_at));
    }
    line.word(&day(task.created_at));
}

/// Most tasks have no letter, as most tasks are of medium priority.
fn letter(priority: Priority) -> Option<char> {
    match priority {
        Priority::Urgent => Some('A'),
        Priority::High => Some('B'),
        Priority::Medium => None,
        Priority::Low => Some('D'),
    }
}

fn text(task: &Task, line: &mut Line<'_>) {
    let title = task.title.as_str();
    let mut keys = Keys::default();
    let plain = labels::is_plain(title, &task.tags, &SIGILS, |word| read::take(&mut keys, word));
    let in_title = match plain {
        Some(labels) => {
            line.word(title);
            labels
        }
        None => {
            line.key("title", &escape::word(title));
            0
        }
    };
    for tag in &task.tags[in_title..] {
        match labels::word(tag, &SIGILS) {
            Some(word) => line.word(&word),
            None => line.key("tag", &escape::word(tag.as_str())),
        }
    }
    if let Some(letter) = letter(task.priority).filter(|_| task.is_completed()) {
        line.key("pri", &letter.to_string());
    }
}

fn due(task: &Task, line: &mut Line<'_>) {
    if let Some(due_at) = task.due_at {
        let local = due_at.with_timezone(&task.timezone).naive_local();
        line.key("due", &local.date().to_string());
        match local_time::exact(due_at, task.timezone) {
            Some(local) if local.time() == end_of_day() => {}
            Some(local) => line.key("time", &keys::write_time(local.time())),
            None => line.key("at", &instant::write(due_at)),
        }
    }
    line.key("tz", task.timezone.name());
}

fn repeat(task: &Task, line: &mut Line<'_>) {
    let Some(recurrence) = &task.recurrence else { return };
    match interval::write(recurrence) {
        Some(interval) => line.key("rec", &interval),
        None => {
            line.key("rrule", &recurrence.rule.to_string());
            line.key("basis", recurrence::write_basis(recurrence.basis));
        }
    }
    if let Some(anchor) = recurrence::own_anchor(task) {
        line.key("anchor", &recurrence::write_anchor(anchor));
    }
    if let Some(occurrence) = recurrence::later_occurrence(task) {
        line.key("occurrence", &occurrence.to_string());
    }
}

fn remind(task: &Task, reminder: &Reminder, line: &mut Line<'_>) {
    match reminder {
        Reminder::Before(before) => line.key("remind", &duration::write(*before)),
        Reminder::At(at) => match local_time::exact(*at, task.timezone) {
            Some(local) if local.time() == morning() => line.key("t", &local.date().to_string()),
            _ => line.key("remind", &instant::write(*at)),
        },
    }
}

/// The head has the days; what the days do not say stands here.
fn times(task: &Task, line: &mut Line<'_>) {
    let is_at = |at: DateTime<Utc>, time: NaiveTime| {
        local_time::exact(at, task.timezone).is_some_and(|local| local.time() == time)
    };
    if !is_at(task.created_at, NaiveTime::MIN) {
        line.key("created", &instant::write(task.created_at));
    }
    line.key("updated", &instant::write(task.updated_at));
    if let Some(completed_at) = task.completed_at
        && !is_at(completed_at, end_of_day())
    {
        line.key("done", &instant::write(completed_at));
    }
}
