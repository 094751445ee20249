//! Files as texts, and what was read as lines.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use task_domain::{Priority, Reminder, SeriesId, Task};
use task_interchange::{Context, Entry, Fault, Format, Reader, Writer};
use uuid::Uuid;

pub(crate) const SERIES: SeriesId = SeriesId(Uuid::from_u128(7));

pub(crate) fn utc(text: &str) -> DateTime<Utc> {
    text.parse().expect(text)
}

pub(crate) fn now() -> DateTime<Utc> {
    utc("2027-03-01T12:00:00Z")
}

/// A reader in Berlin, on the first of March 2027 at noon UTC.
pub(crate) fn context() -> Context {
    Context { timezone: Tz::Europe__Berlin, now: now() }
}

/// Reads a file in pieces of `piece` bytes.
pub(crate) fn entries(format: Format, file: &[u8], piece: usize) -> Vec<Entry> {
    let mut reader = Reader::new(format, context());
    let mut entries = Vec::new();
    for bytes in file.chunks(piece) {
        reader.push(bytes);
        entries.extend(std::iter::from_fn(|| reader.take()));
    }
    reader.finish();
    entries.extend(std::iter::from_fn(|| reader.take()));
    entries
}

pub(crate) fn tasks(format: Format, file: &str) -> Vec<(Option<String>, Task)> {
    let all = entries(format, file.as_bytes(), file.len().max(1)).into_iter();
    all.map(|entry| {
        let imported = entry.task.unwrap_or_else(|faults| panic!("{faults:?}\n{file}"));
        let uid = imported.uid.clone();
        (uid, imported.into_task(now(), SERIES).expect(file))
    })
    .collect()
}

pub(crate) fn write<'t>(
    format: Format,
    tasks: impl IntoIterator<Item = (String, &'t Task)>,
) -> String {
    let mut writer = Writer::new(format);
    let mut out = String::new();
    writer.begin(&mut out);
    for (uid, task) in tasks {
        writer.task(&uid, task, &mut out);
    }
    writer.end(&mut out);
    out
}

/// Each entry of a file as people would tell it.
pub(crate) fn told(format: Format, file: &str) -> String {
    let mut out = String::new();
    for entry in entries(format, file.as_bytes(), 64) {
        let task = entry.task.and_then(|imported| {
            let uid = imported.uid.clone();
            let task = imported.into_task(now(), SERIES);
            task.map(|task| (uid, task)).map_err(|error| Fault::of_task(entry.line, &error))
        });
        match task {
            Ok((uid, task)) => tell(entry.line, uid.as_deref(), &task, &mut out),
            Err(faults) => faults.iter().for_each(|fault| writeln!(out, "{fault}").expect("text")),
        }
    }
    out
}

fn tell(line: u64, uid: Option<&str>, task: &Task, out: &mut String) {
    let mut say = |text: String| writeln!(out, "{text}").expect("text");
    let local = |at: DateTime<Utc>| at.with_timezone(&task.timezone).format("%F %R").to_string();
    let done = if task.is_completed() { "x " } else { "" };
    let priority = match task.priority {
        Priority::Medium => String::new(),
        other => format!(" !{other:?}"),
    };
    let tags: String = task.tags.iter().map(|tag| format!(" [{tag}]")).collect();
    say(format!("{line}: {done}{}{priority}{tags}", task.title));
    if let Some(uid) = uid {
        say(format!("   uid {uid}"));
    }
    if let Some(due_at) = task.due_at {
        say(format!("   due {} {}", local(due_at), task.timezone.name()));
    }
    if let (Some(recurrence), Some(series)) = (&task.recurrence, task.series) {
        let text = recurrence.text(task.timezone);
        say(format!("   {text}, no. {}, from {}", series.occurrence.0, recurrence.anchor));
    }
    for reminder in &task.reminders {
        say(match reminder {
            Reminder::Before(lead) => format!("   remind {} min before", lead.num_minutes()),
            Reminder::At(at) => format!("   remind {}", local(*at)),
        });
    }
    for subtask in &task.subtasks {
        say(format!("   - {}{}", if subtask.completed { "x " } else { "" }, subtask.title));
    }
    if let Some(completed_at) = task.completed_at {
        say(format!("   completed {}", local(completed_at)));
    }
    if task.created_at != now() {
        say(format!("   created {}", local(task.created_at)));
    }
    for line in task.description.as_str().lines() {
        say(format!("   | {line}"));
    }
}
