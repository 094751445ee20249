//! What the rows of a task say.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use task_domain::{
    Description, Draft, Ordinal, Priority, RecurrenceInput, Reminder, Rule, Subtask, Tag, Title,
};

use super::SIGILS;
use super::columns::Columns;
use super::date::{self, Due};
use super::group::{Below, Group, TaskRow};
use crate::fault::{Fault, Faults, Problem};
use crate::imported::ImportedTask;
use crate::labels::{self, Word};
use crate::reader::Context;
use crate::{duration, escape, instant, leftover, recurrence};

/// Between the entries of a list in one cell.
pub(super) const SEPARATOR: char = ' ';

/// How the completion of a subtask, which has no time, is written.
pub(super) const COMPLETED: &str = "yes";

pub(super) fn task(
    group: &Group,
    columns: &Columns,
    context: &Context,
) -> Result<ImportedTask, Vec<Fault>> {
    let cells = &Cells { row: &group.task, columns };
    let faults = &mut Faults::default();
    for fault in &group.faults {
        faults.add(fault.line, &fault.field, fault.problem.clone());
    }
    let timezone = cells.take(faults, "TIMEZONE", timezone).unwrap_or(context.timezone);
    let title_and_tags = title_and_tags(cells, group.section.as_deref(), faults);
    let due = cells.take(faults, "DATE", |text| date::parse(text, timezone, context.now));
    let deadline = cells.take(faults, "DEADLINE", |text| date::parse(text, timezone, context.now));
    let exact = cells.take(faults, "DUE_AT", instant::parse);
    let due_at = exact.or(due.as_ref().or(deadline.as_ref()).map(|due| due.at));
    let (subtasks, told) = below(group, columns, faults);
    let mut leftovers = cells.leftovers(due.is_some());
    leftovers.extend(told);
    let description = leftover::describe(cells.untrimmed("DESCRIPTION"), leftovers);
    let description = faults.take(cells.line(), "DESCRIPTION", Description::parse(&description));
    let imported = title_and_tags.map(|(title, tags)| ImportedTask {
        uid: Some(cells.get("UID").to_owned()).filter(|uid| !uid.is_empty()),
        anchor: cells.take(faults, "ANCHOR", recurrence::anchor),
        occurrence: cells.take(faults, "OCCURRENCE", occurrence),
        created_at: cells.take(faults, "CREATED", instant::parse),
        updated_at: cells.take(faults, "UPDATED", instant::parse),
        completed_at: cells.take(faults, "COMPLETED", |text| completed(text, context.now)),
        ..ImportedTask::new(Draft {
            description: description.unwrap_or_default(),
            priority: cells.take(faults, "PRIORITY", priority).unwrap_or_default(),
            tags,
            due_at,
            recurrence: repeat(cells, due, faults),
            reminders: Some(cells.take(faults, "REMINDERS", reminders).unwrap_or_default()),
            subtasks,
            ..Draft::new(title, timezone)
        })
    });
    std::mem::take(faults).unless(imported)
}

/// One row, read by column.
struct Cells<'g> {
    row: &'g TaskRow,
    columns: &'g Columns,
}

impl<'g> Cells<'g> {
    fn get(&self, name: &str) -> &'g str {
        self.columns.get(&self.row.fields, name).trim()
    }

    /// With its blanks, which are a part of a longer text.
    fn untrimmed(&self, name: &str) -> &'g str {
        self.columns.get(&self.row.fields, name)
    }

    fn line(&self) -> u64 {
        self.row.line
    }

    /// What a cell says; an empty one says nothing.
    fn take<T>(
        &self,
        faults: &mut Faults,
        name: &str,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        match self.get(name) {
            "" => None,
            text => faults.take(self.line(), name, parse(text)),
        }
    }

    /// What the template knows and a task does not.
    fn leftovers(&self, has_due_date: bool) -> Vec<String> {
        let mut told = Vec::new();
        if has_due_date && !self.get("DEADLINE").is_empty() {
            told.push(format!("Deadline: {}", self.get("DEADLINE")));
        }
        // An export spells out that there is none.
        if !matches!(self.get("DURATION"), "" | "None") {
            let text = format!("Duration: {} {}", self.get("DURATION"), self.get("DURATION_UNIT"));
            told.push(text.trim_end().to_owned());
        }
        if !self.get("RESPONSIBLE").is_empty() {
            told.push(format!("Responsible: {}", self.get("RESPONSIBLE")));
        }
        told
    }
}

fn title_and_tags(
    cells: &Cells<'_>,
    section: Option<&str>,
    faults: &mut Faults,
) -> Option<(Title, Vec<Tag>)> {
    let content = cells.get("CONTENT").replace(['\r', '\n'], " ");
    let labelled = labels::read(&content, &SIGILS, |_| Word::Text);
    let listed = cells.take(faults, "LABELS", list_of_tags);
    // Where the title stands on its own the content is for people, and the labels are listed.
    let (title, mut tags) = match cells.get("TITLE") {
        "" => (labelled.title, listed.unwrap_or(labelled.tags)),
        title => (title.to_owned(), listed.unwrap_or_default()),
    };
    if let Some(section) = section {
        tags.extend(faults.take(cells.line(), "section", Tag::parse(section)));
    }
    faults.take(cells.line(), "CONTENT", Title::parse(&title)).map(|title| (title, tags))
}

fn list_of_tags(text: &str) -> Result<Vec<Tag>, Problem> {
    let tag = |word| {
        let text = escape::text(word);
        let text = text.ok_or_else(|| Problem::unreadable(word, "a label as one word"))?;
        Ok(Tag::parse(&text)?)
    };
    text.split(SEPARATOR).map(tag).collect()
}

/// Subtasks with their notes. What a subtask cannot hold is told in the task's description.
fn below(group: &Group, columns: &Columns, faults: &mut Faults) -> (Vec<Subtask>, Vec<String>) {
    let mut subtasks: Vec<Subtask> = Vec::new();
    let mut told = Vec::new();
    for below in &group.below {
        let (Below::Subtask(row) | Below::Note(row)) = below;
        let cells = Cells { row, columns };
        let content = cells.get("CONTENT");
        if let Below::Note(_) = below {
            let on = subtasks.last().map(|subtask| format!("{}: ", subtask.title));
            told.push(format!("{}{content}", on.unwrap_or_default()));
            continue;
        }
        let Some(title) = faults.take(row.line, "CONTENT", Title::parse(content)) else { continue };
        let extras = ["DATE", "DESCRIPTION"].map(|name| cells.get(name)).into_iter();
        let extras = extras.map(str::to_owned).filter(|text| !text.is_empty());
        let extras: Vec<_> = extras.chain(cells.leftovers(true)).collect();
        if !extras.is_empty() {
            told.push(format!("{title}: {}", extras.join("; ")));
        }
        subtasks.push(Subtask { title, completed: cells.get("COMPLETED") == COMPLETED });
    }
    (subtasks, told)
}

/// The rule of our own column says more than the words of the date.
fn repeat(cells: &Cells<'_>, due: Option<Due>, faults: &mut Faults) -> Option<RecurrenceInput> {
    let rule = cells.take(faults, "RULE", |text| Ok(Rule::parse(text)?));
    let basis = cells.take(faults, "BASIS", recurrence::basis).unwrap_or_default();
    rule.map(|rule| RecurrenceInput { rule, basis }).or_else(|| due?.recurrence)
}

fn timezone(text: &str) -> Result<Tz, Problem> {
    let expected = "an IANA name such as Europe/Berlin or Asia/Karachi";
    text.parse().map_err(|_| Problem::unreadable(text, expected))
}

/// Todoist's p1 is the most urgent.
fn priority(text: &str) -> Result<Priority, Problem> {
    match text {
        "1" => Ok(Priority::Urgent),
        "2" => Ok(Priority::High),
        "3" => Ok(Priority::Medium),
        "4" => Ok(Priority::Low),
        _ => Err(Problem::unreadable(text, "1 (urgent) to 4 (low)")),
    }
}

fn completed(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    if text == COMPLETED { Ok(now) } else { instant::parse(text) }
}

fn occurrence(text: &str) -> Result<Ordinal, Problem> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.map(Ordinal).ok_or_else(|| Problem::unreadable(text, "a place in a series, from 1"))
}

fn reminders(text: &str) -> Result<Vec<Reminder>, Problem> {
    let read = |word: &str| match duration::parse(word) {
        Some(before) => Ok(Reminder::Before(before)),
        None => instant::parse(word).map(Reminder::At),
    };
    text.split(SEPARATOR).map(read).collect()
}
