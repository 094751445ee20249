//! Building recurrences from text, and showing what they give.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use task_domain::{Basis, Ordinal, Recurrence, Rule, recurrence};

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().expect(text)
}

pub(crate) fn wall(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect(text)
}

pub(crate) fn utc(text: &str) -> DateTime<Utc> {
    wall(text).and_utc()
}

pub(crate) fn zone(name: &str) -> Tz {
    name.parse().expect(name)
}

pub(crate) fn rule(text: &str) -> Rule {
    Rule::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn recurrence(text: &str, anchor: &str) -> Recurrence {
    Recurrence { rule: rule(text), basis: Basis::Due, anchor: wall(anchor) }
}

/// The series whose first instance is due at the anchor, as wall clock times.
pub(crate) fn series(recurrence: &Recurrence, tz: Tz, take: usize) -> Vec<NaiveDateTime> {
    let due_at = recurrence.anchor.and_local_timezone(tz).earliest().expect("anchor");
    recurrence::occurrences(recurrence, tz, due_at.with_timezone(&Utc), Ordinal::FIRST)
        .take(take)
        .map(|at| at.with_timezone(&tz).naive_local())
        .collect()
}

/// As [`series`], one line for each, with the offset from UTC.
pub(crate) fn lines(recurrence: &Recurrence, tz: Tz, take: usize) -> String {
    let due_at = recurrence.anchor.and_local_timezone(tz).earliest().expect("anchor");
    recurrence::occurrences(recurrence, tz, due_at.with_timezone(&Utc), Ordinal::FIRST)
        .take(take)
        .map(|at| at.with_timezone(&tz).format("%a %Y-%m-%d %H:%M %:z\n").to_string())
        .collect()
}
