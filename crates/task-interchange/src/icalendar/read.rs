//! The properties of a VTODO as a task.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use task_domain::{Description, Draft, Ordinal, Priority, Subtask, Tag, Title};

use super::alarm::{self, Reference};
use super::content_line::Property;
use super::reader::Todo;
use super::{moment, own, rule};
use crate::fault::{Fault, Faults, Problem};
use crate::imported::ImportedTask;
use crate::reader::Context;
use crate::{duration, leftover};

/// What a calendar knows of a task and a task has no place for.
const TOLD: [(&str, &str); 6] = [
    ("LOCATION", "Location"),
    ("URL", "Link"),
    ("ATTACH", "Attachment"),
    ("COMMENT", "Comment"),
    ("EXDATE", "Except on"),
    ("RDATE", "Also on"),
];

pub(super) fn task(todo: Todo, context: &Context) -> Result<ImportedTask, Vec<Fault>> {
    let faults = &mut Faults::default();
    for fault in &todo.faults {
        faults.add(fault.line, &fault.field, fault.problem.clone());
    }
    let timezone = timezone(&todo, faults).unwrap_or(context.timezone);
    let instant = |name: &str, faults: &mut Faults| {
        let property = todo.first(name)?;
        faults.take(property.line, name, moment::instant(property, timezone))
    };
    let start = instant("DTSTART", faults);
    let due_at = instant("DUE", faults).or_else(|| Some(start? + length(&todo, faults)));
    let created_at = instant("CREATED", faults);
    let updated_at = instant("LAST-MODIFIED", faults);
    let completed_at = instant("COMPLETED", faults);
    let completed_at = completion(&todo, completed_at.or(updated_at), context);
    let title = title(&todo, faults);
    let start_of_its_own = start.filter(|start| due_at != Some(*start));
    let description = description(&todo, start_of_its_own.map(|at| at.with_timezone(&timezone)));
    let description = faults.take(todo.line, "DESCRIPTION", Description::parse(&description));
    let repeat = todo
        .first("RRULE")
        .and_then(|property| faults.take(property.line, "RRULE", rule::read(property, timezone)));
    let (recurrence, anchor) = repeat.unzip();
    let reference = Reference { start, due: due_at, timezone };
    let reminders = todo.alarms.iter().filter_map(|alarm| match alarm::read(alarm, &reference) {
        Ok(reminder) => reminder,
        Err(fault) => {
            faults.add(fault.line, &fault.field, fault.problem);
            None
        }
    });
    let reminders = reminders.collect();
    let imported = title.map(|title| ImportedTask {
        uid: uid(&todo),
        anchor: anchor.flatten(),
        occurrence: occurrence(&todo),
        created_at,
        updated_at,
        completed_at,
        ..ImportedTask::new(Draft {
            description: description.unwrap_or_default(),
            priority: priority(&todo, faults),
            tags: tags(&todo, faults),
            due_at,
            recurrence,
            reminders: Some(reminders),
            subtasks: subtasks(&todo, faults),
            ..Draft::new(title, timezone)
        })
    });
    std::mem::take(faults).unless(imported)
}

/// The zone of the task: ours, or the due date's, or that of the start.
fn timezone(todo: &Todo, faults: &mut Faults) -> Option<Tz> {
    if let Some(property) = todo.first(own::TIMEZONE) {
        let expected = "an IANA name such as Europe/Berlin";
        let zone = property.value.trim().parse();
        let zone = zone.map_err(|_| Problem::unreadable(&property.value, expected));
        return faults.take(property.line, own::TIMEZONE, zone);
    }
    // A zone that nobody knows is told where the date is read.
    let zone = |name| todo.first(name).and_then(|property| moment::zone(property).ok().flatten());
    zone("DUE").or_else(|| zone("DTSTART"))
}

/// From the start to the due date, where the calendar gives it instead of the date.
fn length(todo: &Todo, faults: &mut Faults) -> Duration {
    let length = todo.first("DURATION").and_then(|property| {
        let read = duration::parse_signed(property.value.trim());
        let expected = "a duration such as PT1H or P1D";
        let read = read.ok_or_else(|| Problem::unreadable(&property.value, expected));
        faults.take(property.line, "DURATION", read)
    });
    length.unwrap_or_default()
}

/// Changed instances of a series share the name of the series.
fn uid(todo: &Todo) -> Option<String> {
    let uid = todo.first("UID").map(|property| property.text()).filter(|uid| !uid.is_empty())?;
    Some(match todo.first("RECURRENCE-ID") {
        Some(instance) => format!("{uid}#{}", instance.value.trim()),
        None => uid,
    })
}

fn title(todo: &Todo, faults: &mut Faults) -> Option<Title> {
    let Some(summary) = todo.first("SUMMARY") else {
        let expected = "every task has a SUMMARY, its title";
        faults.add(todo.line, "SUMMARY", Problem::Missing { expected });
        return None;
    };
    let text = summary.text().replace(['\r', '\n'], " ");
    faults.take(summary.line, "SUMMARY", Title::parse(&text))
}

fn description(todo: &Todo, start: Option<DateTime<Tz>>) -> String {
    let start = start.map(|at| format!("Start: {}", at.format("%Y-%m-%d %H:%M %Z")));
    let mut told: Vec<String> = start.into_iter().collect();
    for (name, label) in TOLD {
        // What is attached as bytes is no text.
        let texts = todo.all(name).filter(|property| property.parameter("ENCODING").is_none());
        told.extend(texts.map(|property| format!("{label}: {}", property.text())));
    }
    if status(todo) == Some("CANCELLED") {
        told.push("Status: cancelled".to_owned());
    }
    let own = todo.first("DESCRIPTION").map(Property::text).unwrap_or_default();
    leftover::describe(&own, told)
}

fn status(todo: &Todo) -> Option<&str> {
    todo.first("STATUS").map(|property| property.value.trim())
}

/// A cancelled task is done with, too.
fn completion(
    todo: &Todo,
    given: Option<DateTime<Utc>>,
    context: &Context,
) -> Option<DateTime<Utc>> {
    let percent = todo.first("PERCENT-COMPLETE").map(|property| property.value.trim());
    let is_completed = match status(todo) {
        Some("COMPLETED" | "CANCELLED") => true,
        Some("NEEDS-ACTION" | "IN-PROCESS") => false,
        _ => todo.first("COMPLETED").is_some() || percent == Some("100"),
    };
    is_completed.then(|| given.unwrap_or(context.now))
}

/// RFC 5545: 1 is the highest, 1 to 4 are high, 5 is medium, 0 says nothing.
fn priority(todo: &Todo, faults: &mut Faults) -> Priority {
    let Some(property) = todo.first("PRIORITY") else { return Priority::default() };
    let priority = match property.value.trim() {
        "1" => Ok(Priority::Urgent),
        "2" | "3" | "4" => Ok(Priority::High),
        "0" | "5" => Ok(Priority::Medium),
        "6" | "7" | "8" | "9" => Ok(Priority::Low),
        other => Err(Problem::unreadable(other, "0 to 9")),
    };
    faults.take(property.line, "PRIORITY", priority).unwrap_or_default()
}

fn tags(todo: &Todo, faults: &mut Faults) -> Vec<Tag> {
    let mut tags = Vec::new();
    for property in todo.all("CATEGORIES") {
        let texts = property.texts().into_iter().filter(|text| !text.trim().is_empty());
        tags.extend(
            texts.filter_map(|it| faults.take(property.line, "CATEGORIES", Tag::parse(&it))),
        );
    }
    tags
}

fn subtasks(todo: &Todo, faults: &mut Faults) -> Vec<Subtask> {
    let read = |property: &Property| {
        let title = faults.take(property.line, own::SUBTASK, Title::parse(&property.text()))?;
        Some(Subtask { title, completed: property.parameter(own::COMPLETED) == Some("TRUE") })
    };
    todo.all(own::SUBTASK).filter_map(read).collect()
}

fn occurrence(todo: &Todo) -> Option<Ordinal> {
    let number = todo.first(own::OCCURRENCE)?.value.trim().parse().ok();
    number.filter(|number| *number > 0).map(Ordinal)
}
