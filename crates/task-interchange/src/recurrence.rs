//! The parts of a recurrence that every format writes in the same words.

use chrono::NaiveDateTime;
use task_domain::recurrence::Frequency;
use task_domain::{Basis, Recurrence, Rule, Task};

use crate::fault::Problem;

const ANCHOR_FORMAT: &str = "%Y-%m-%dT%H:%M:%S%.f";

pub(crate) fn basis(text: &str) -> Result<Basis, Problem> {
    match text {
        "due" => Ok(Basis::Due),
        "completion" => Ok(Basis::Completion),
        _ => Err(Problem::unreadable(text, "due or completion")),
    }
}

pub(crate) fn write_basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Due => "due",
        Basis::Completion => "completion",
    }
}

pub(crate) fn anchor(text: &str) -> Result<NaiveDateTime, Problem> {
    NaiveDateTime::parse_from_str(text, ANCHOR_FORMAT)
        .map_err(|_| Problem::unreadable(text, "a wall clock such as 2027-01-31T09:00:00"))
}

/// The anchor, where it is not the due date's wall clock anyway.
pub(crate) fn own_anchor(task: &Task) -> Option<NaiveDateTime> {
    let due = task.due_at?.with_timezone(&task.timezone).naive_local();
    task.recurrence.as_ref().map(|it| it.anchor).filter(|anchor| *anchor != due)
}

pub(crate) fn write_anchor(anchor: NaiveDateTime) -> String {
    anchor.format(ANCHOR_FORMAT).to_string()
}

/// The place in the series, where it is not the first.
pub(crate) fn later_occurrence(task: &Task) -> Option<u32> {
    task.recurrence.as_ref()?;
    task.series.map(|series| series.occurrence.0).filter(|occurrence| *occurrence != 1)
}

/// Every so many days, weeks, months or years.
pub(crate) fn every(frequency: Frequency, interval: u32) -> Result<Rule, Problem> {
    let name = match frequency {
        Frequency::Daily => "DAILY",
        Frequency::Weekly => "WEEKLY",
        Frequency::Monthly => "MONTHLY",
        Frequency::Yearly => "YEARLY",
    };
    Ok(Rule::parse(&format!("FREQ={name};INTERVAL={interval}"))?)
}

/// Whether a frequency and an interval are all that a recurrence says.
pub(crate) fn is_interval(recurrence: &Recurrence) -> bool {
    let rule = &recurrence.rule;
    every(rule.frequency(), rule.interval()).as_ref() == Ok(rule)
}
