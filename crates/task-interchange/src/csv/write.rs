//! A task as rows. Our own columns are filled only where the template's cannot say it.

use task_domain::{Priority, Reminder, Task};

use super::columns::WRITTEN;
use super::words::{COMPLETED, SEPARATOR};
use super::{SIGILS, date};
use crate::labels::{self, Word};
use crate::{duration, escape, instant, recurrence};

pub(crate) fn begin(out: &mut String) {
    push_row(&WRITTEN.map(str::to_owned), out);
}

pub(crate) fn write(uid: &str, task: &Task, out: &mut String) {
    push_row(&own_row(uid, task), out);
    for subtask in &task.subtasks {
        let completed = if subtask.completed { COMPLETED } else { "" };
        let cells = [
            ("TYPE", "task"),
            ("CONTENT", subtask.title.as_str()),
            ("INDENT", "2"),
            ("COMPLETED", completed),
        ];
        let cell = |name: &&str| {
            let cell = cells.iter().find(|(column, _)| column == name);
            cell.map(|(_, text)| (*text).to_owned()).unwrap_or_default()
        };
        push_row(&WRITTEN.each_ref().map(cell), out);
    }
}

fn own_row(uid: &str, task: &Task) -> [String; WRITTEN.len()] {
    let content = Content::of(task);
    let written = date::write(task);
    let says_rule = task.recurrence.as_ref().filter(|_| !written.says_recurrence);
    WRITTEN.map(|name| match name {
        "TYPE" => "task".to_owned(),
        "CONTENT" => content.text.clone(),
        "DESCRIPTION" => task.description.as_str().to_owned(),
        "PRIORITY" => priority(task.priority).to_owned(),
        "INDENT" => "1".to_owned(),
        "DATE" => written.date.clone(),
        "DATE_LANG" => task.due_at.map(|_| "en".to_owned()).unwrap_or_default(),
        "TIMEZONE" => task.timezone.name().to_owned(),
        "TITLE" => content.title.clone(),
        "LABELS" => content.labels.clone(),
        "DUE_AT" => {
            task.due_at.filter(|_| !written.says_due).map(instant::write).unwrap_or_default()
        }
        "RULE" => says_rule.map(|it| it.rule.to_string()).unwrap_or_default(),
        "BASIS" => {
            says_rule.map(|it| recurrence::write_basis(it.basis).to_owned()).unwrap_or_default()
        }
        "ANCHOR" => recurrence::own_anchor(task).map(recurrence::write_anchor).unwrap_or_default(),
        "OCCURRENCE" => {
            recurrence::later_occurrence(task).map(|it| it.to_string()).unwrap_or_default()
        }
        "REMINDERS" => join(task.reminders.iter().map(reminder)),
        "COMPLETED" => task.completed_at.map(instant::write).unwrap_or_default(),
        "CREATED" => instant::write(task.created_at),
        "UPDATED" => instant::write(task.updated_at),
        "UID" => uid.to_owned(),
        _ => String::new(),
    })
}

/// Title and labels in one text as Todoist has them; on their own where that reads otherwise.
struct Content {
    text: String,
    title: String,
    labels: String,
}

impl Content {
    fn of(task: &Task) -> Content {
        let title = task.title.as_str();
        let plain = labels::is_plain(title, &task.tags, &SIGILS, |_| Word::Text);
        let words: Option<Vec<String>> =
            task.tags.iter().map(|tag| labels::word(tag, &SIGILS)).collect();
        let rest = |from: usize, words: &[String]| join(words[from..].iter().cloned());
        let with = |labels: String| format!("{title} {labels}").trim_end().to_owned();
        match (plain, words) {
            (Some(in_title), Some(words)) => Content {
                text: with(rest(in_title, &words)),
                title: String::new(),
                labels: String::new(),
            },
            (_, words) => Content {
                text: with(rest(0, &words.unwrap_or_default())),
                title: title.to_owned(),
                labels: join(task.tags.iter().map(|tag| escape::word(tag.as_str()))),
            },
        }
    }
}

fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent => "1",
        Priority::High => "2",
        Priority::Medium => "3",
        Priority::Low => "4",
    }
}

fn reminder(reminder: &Reminder) -> String {
    match reminder {
        Reminder::Before(before) => duration::write(*before),
        Reminder::At(at) => instant::write(*at),
    }
}

fn join(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(&SEPARATOR.to_string())
}

fn push_row(cells: &[String], out: &mut String) {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        push_cell(cell, out);
    }
    out.push_str("\r\n");
}

/// RFC 4180: a cell that holds what separates cells and rows is quoted.
fn push_cell(cell: &str, out: &mut String) {
    if cell.contains(['"', ',', '\r', '\n']) {
        out.push('"');
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(cell);
    }
}
