//! A task as a VTODO.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use task_domain::{Priority, Task};

use super::output::{property, text};
use super::{alarm, moment, own, rule, zone};
use crate::local_time::{self, end_of_day};
use crate::recurrence;

#[derive(Default)]
pub(crate) struct ICalendarWriter {
    /// The zones that this calendar has described already.
    zones: BTreeSet<&'static str>,
}

impl ICalendarWriter {
    pub(crate) fn begin(&mut self, out: &mut String) {
        property("BEGIN", "", "VCALENDAR", out);
        property("VERSION", "", "2.0", out);
        property("PRODID", "", "-//TaskMaster//Tasks//EN", out);
    }

    pub(crate) fn task(&mut self, uid: &str, task: &Task, out: &mut String) {
        let due = task.due_at.map(|due_at| Due::of(task, due_at));
        if matches!(due, Some(Due::Local(_))) && self.zones.insert(task.timezone.name()) {
            zone::describe(task.timezone, out);
        }
        property("BEGIN", "", "VTODO", out);
        property("UID", "", &text(uid), out);
        // A calendar without a clock: it says what it said when the task last changed.
        property("DTSTAMP", "", &moment::write_utc(task.updated_at).1, out);
        instant("CREATED", task.created_at, out);
        instant("LAST-MODIFIED", task.updated_at, out);
        property("SUMMARY", "", &text(task.title.as_str()), out);
        if !task.description.as_str().is_empty() {
            property("DESCRIPTION", "", &text(task.description.as_str()), out);
        }
        property("PRIORITY", "", priority(task.priority), out);
        if !task.tags.is_empty() {
            let tags: Vec<String> = task.tags.iter().map(|tag| text(tag.as_str())).collect();
            property("CATEGORIES", "", &tags.join(","), out);
        }
        if let Some(due) = due {
            due.write(task, out);
        }
        if let Some((parameters, rule)) = rule::write(task) {
            property("RRULE", &parameters, &rule, out);
        }
        status(task, out);
        extensions(task, out);
        for reminder in &task.reminders {
            property("BEGIN", "", "VALARM", out);
            property("ACTION", "", "DISPLAY", out);
            property("DESCRIPTION", "", &text(task.title.as_str()), out);
            let (parameters, trigger) = alarm::write(reminder);
            property("TRIGGER", &parameters, &trigger, out);
            property("END", "", "VALARM", out);
        }
        property("END", "", "VTODO", out);
    }

    pub(crate) fn end(&mut self, out: &mut String) {
        property("END", "", "VCALENDAR", out);
    }
}

/// How a due date is told best: as a day, on the wall clock, or in UTC.
enum Due {
    Day(chrono::NaiveDate),
    Local(chrono::NaiveDateTime),
    Utc(DateTime<Utc>),
}

impl Due {
    fn of(task: &Task, due_at: DateTime<Utc>) -> Due {
        match local_time::exact(due_at, task.timezone) {
            // RFC 5545 wants UNTIL to be a date where the due date is one; a rule has an instant.
            Some(local) if local.time() == end_of_day() && task.recurrence.is_none() => {
                Due::Day(local.date())
            }
            Some(local) if task.timezone != chrono_tz::UTC => Due::Local(local),
            _ => Due::Utc(due_at),
        }
    }

    fn write(&self, task: &Task, out: &mut String) {
        match self {
            Due::Day(date) => {
                property("DUE", ";VALUE=DATE", &date.format("%Y%m%d").to_string(), out);
            }
            Due::Local(local) => {
                let parameters = format!(";TZID={}", task.timezone.name());
                property("DUE", &parameters, &moment::write_local(*local), out);
            }
            Due::Utc(at) => instant("DUE", *at, out),
        }
    }
}

fn instant(name: &str, at: DateTime<Utc>, out: &mut String) {
    let (parameters, value) = moment::write_utc(at);
    property(name, &parameters, &value, out);
}

fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent => "1",
        Priority::High => "3",
        Priority::Medium => "5",
        Priority::Low => "9",
    }
}

fn status(task: &Task, out: &mut String) {
    match task.completed_at {
        Some(completed_at) => {
            property("STATUS", "", "COMPLETED", out);
            property("PERCENT-COMPLETE", "", "100", out);
            instant("COMPLETED", completed_at, out);
        }
        None => property("STATUS", "", "NEEDS-ACTION", out),
    }
}

fn extensions(task: &Task, out: &mut String) {
    property(own::TIMEZONE, "", task.timezone.name(), out);
    if let Some(occurrence) = recurrence::later_occurrence(task) {
        property(own::OCCURRENCE, "", &occurrence.to_string(), out);
    }
    for subtask in &task.subtasks {
        let completed = if subtask.completed { "TRUE" } else { "FALSE" };
        let parameters = format!(";{}={completed}", own::COMPLETED);
        property(own::SUBTASK, &parameters, &text(subtask.title.as_str()), out);
    }
}
