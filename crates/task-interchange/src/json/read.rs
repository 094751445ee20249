//! A JSON object as a task.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use task_domain::{
    Basis, Description, Draft, Ordinal, Priority, RecurrenceInput, Reminder, Rule, Subtask, Tag,
    Title,
};

use super::elements::{Element, Elements};
use super::shape::{JsonBasis, JsonPriority, JsonRecurrence, JsonReminder, JsonSubtask, JsonTask};
use crate::fault::{Fault, Faults, Problem};
use crate::imported::ImportedTask;
use crate::local_time::{self, end_of_day};
use crate::reader::{Context, Entry, Records};
use crate::{duration, instant, recurrence};

pub(crate) struct JsonReader {
    elements: Elements,
    context: Context,
}

impl JsonReader {
    pub(crate) fn new(context: Context) -> Self {
        JsonReader { elements: Elements::new(), context }
    }

    fn entry(&self, element: Element) -> Entry {
        let line = element.line;
        let (text, task) = match element.text {
            Ok(text) => {
                let task = parse(line, &text).and_then(|json| task(line, json, &self.context));
                (text, task)
            }
            Err(fault) => (Vec::new(), Err(vec![fault])),
        };
        Entry { line, text, task }
    }
}

impl Records for JsonReader {
    fn push(&mut self, bytes: &[u8]) {
        self.elements.push(bytes);
    }

    fn finish(&mut self) {
        self.elements.finish();
    }

    fn next(&mut self) -> Option<Entry> {
        self.elements.next().map(|element| self.entry(element))
    }
}

fn parse(line: u64, text: &[u8]) -> Result<JsonTask, Vec<Fault>> {
    let reader = &mut serde_json::Deserializer::from_slice(text);
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let path = error.path().to_string();
        let field = if matches!(path.as_str(), "." | "?") { "task".to_owned() } else { path };
        let cause = error.into_inner();
        // Lines are counted from the task's own beginning.
        let line = line + (cause.line() as u64).saturating_sub(1);
        let told = cause.to_string();
        let told = told.split(" at line ").next().unwrap_or(&told).to_owned();
        let problem = if cause.is_data() { Problem::Task(told) } else { Problem::Json(told) };
        vec![Fault::new(line, field, problem)]
    })
}

fn task(line: u64, json: JsonTask, context: &Context) -> Result<ImportedTask, Vec<Fault>> {
    let faults = &mut Faults::default();
    let instant = |field: &str, text: Option<String>, faults: &mut Faults| {
        text.and_then(|text| faults.take(line, field, instant::parse(&text)))
    };
    let due_at = instant("due_at", json.due_at, faults);
    let created_at = instant("created_at", json.created_at, faults);
    let updated_at = instant("updated_at", json.updated_at, faults);
    let completed_at = instant("completed_at", json.completed_at, faults);
    let timezone = json.timezone.map(|name| faults.take(line, "timezone", timezone(&name)));
    let timezone = timezone.flatten().unwrap_or(context.timezone);
    let title = json.title.ok_or(Problem::Missing { expected: "every task has a title" });
    let title = title.and_then(|title| Ok(Title::parse(&title)?));
    let title = faults.take(line, "title", title);
    let description = Description::parse(&json.description.unwrap_or_default());
    let description = faults.take(line, "description", description);
    let tags = json.tags.unwrap_or_default();
    let tags: Result<_, Problem> = tags.iter().map(|tag| Ok(Tag::parse(tag)?)).collect();
    let tags = faults.take(line, "tags", tags);
    let repeat = json.recurrence.map(|given| repeat(given, timezone)).transpose();
    let (recurrence, anchor) = faults.take(line, "recurrence", repeat).flatten().unzip();
    let reminders = json.reminders.map(|given| given.iter().map(reminder).collect()).transpose();
    let reminders = faults.take(line, "reminders", reminders).flatten();
    let subtasks = json.subtasks.unwrap_or_default();
    let subtasks = faults.take(line, "subtasks", subtasks.iter().map(subtask).collect());
    let is_completed = json.completed.unwrap_or(completed_at.is_some());
    let imported = title.map(|title| ImportedTask {
        uid: json.uid.filter(|uid| !uid.is_empty()),
        anchor: anchor.flatten(),
        occurrence: json.occurrence.filter(|occurrence| *occurrence > 0).map(Ordinal),
        created_at,
        updated_at,
        completed_at: is_completed.then(|| completed_at.unwrap_or(context.now)),
        ..ImportedTask::new(Draft {
            description: description.unwrap_or_default(),
            priority: json.priority.map(priority).unwrap_or_default(),
            tags: tags.unwrap_or_default(),
            due_at,
            recurrence,
            reminders,
            subtasks: subtasks.unwrap_or_default(),
            ..Draft::new(title, timezone)
        })
    });
    std::mem::take(faults).unless(imported)
}

fn timezone(name: &str) -> Result<Tz, Problem> {
    let expected = "an IANA name such as Europe/Berlin or Asia/Karachi";
    name.parse().map_err(|_| Problem::unreadable(name, expected))
}

fn priority(priority: JsonPriority) -> Priority {
    match priority {
        JsonPriority::Low => Priority::Low,
        JsonPriority::Medium => Priority::Medium,
        JsonPriority::High => Priority::High,
        JsonPriority::Urgent => Priority::Urgent,
    }
}

fn repeat(
    given: JsonRecurrence,
    timezone: Tz,
) -> Result<(RecurrenceInput, Option<NaiveDateTime>), Problem> {
    let parts = match given {
        JsonRecurrence::Word(text) => {
            return Ok((RecurrenceInput { rule: rule(&text)?, basis: Basis::Due }, None));
        }
        JsonRecurrence::Parts(parts) => parts,
    };
    let until = parts.until.as_deref().map(|text| until(text, timezone)).transpose()?;
    let rule = rule(&parts.rule)?.ending(until, parts.count)?;
    let basis = match parts.basis {
        None | Some(JsonBasis::Due) => Basis::Due,
        Some(JsonBasis::Completion) => Basis::Completion,
    };
    let anchor = parts.anchor.as_deref().map(recurrence::anchor).transpose()?;
    Ok((RecurrenceInput { rule, basis }, anchor))
}

fn rule(text: &str) -> Result<Rule, Problem> {
    let rule = if text.contains('=') { Rule::parse(text) } else { Rule::from_word(text) };
    Ok(rule?)
}

/// A date alone means all of that day.
fn until(text: &str, timezone: Tz) -> Result<DateTime<Utc>, Problem> {
    match local_time::date(text.trim()) {
        Ok(date) => Ok(local_time::instant(date.and_time(end_of_day()), timezone)),
        Err(_) => instant::parse(text),
    }
}

fn reminder(reminder: &JsonReminder) -> Result<Reminder, Problem> {
    match reminder {
        JsonReminder::At(at) => instant::parse(at).map(Reminder::At),
        JsonReminder::Before(before) => {
            let lead = duration::parse(before).map(Reminder::Before);
            lead.ok_or_else(|| Problem::unreadable(before, "a duration such as PT15M or P1D"))
        }
    }
}

fn subtask(subtask: &JsonSubtask) -> Result<Subtask, Problem> {
    Ok(Subtask { title: Title::parse(&subtask.title)?, completed: subtask.completed })
}
