//! When a task comes again: the RFC 5545 rules of days, weeks, months and years.
//!
//! A rule chooses *days*; the time of day is the anchor's wall clock in the task's zone. One
//! reading departs from RFC 5545, because people mean it so: a monthly or yearly rule that names
//! no day takes the anchor's, and in a shorter month its last day (31 Jan, 28 Feb, 31 Mar).
//! [`Rule::portable`] spells that out for programs that read the RFC to the letter.
//!
//! How far a series has come (COUNT) is known by the task, not here.

mod calendar;
mod day_pattern;
mod next;
mod portable;
mod rule;
mod rule_error;
mod rule_text;
mod set_position;
mod words;

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;

pub use next::{next_after, next_due, occurrences};
pub use rule::{COUNT_MAX, End, Frequency, INTERVAL_MAX, NthWeekday, Rule, SET_POSITION_MAX};
pub use rule_error::RuleError;
pub use rule_text::RULE_CHARS_MAX;

/// A rule and where it counts from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Recurrence {
    pub rule: Rule,
    pub basis: Basis,
    /// The wall clock of DTSTART in the task's zone. The rule counts its intervals from this day,
    /// and takes from it what it leaves open: the time, the weekday, the day, the month.
    pub anchor: NaiveDateTime,
}

/// What the next occurrence is counted from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Basis {
    /// From the anchor, whenever the task was completed.
    #[default]
    Due,
    /// From the day of the completion, at the anchor's time of day.
    Completion,
}

impl Recurrence {
    /// The recurrence as the next instance carries it, after a completion at `completed_at`.
    pub fn counted_from(&self, tz: Tz, completed_at: DateTime<Utc>) -> Recurrence {
        let anchor = match self.basis {
            Basis::Due => self.anchor,
            Basis::Completion => {
                completed_at.with_timezone(&tz).date_naive().and_time(self.anchor.time())
            }
        };
        Recurrence { anchor, ..self.clone() }
    }

    /// In English, for people: `every 2 weeks on Mon, Wed, until 1 Mar 2027`.
    pub fn text(&self, tz: Tz) -> String {
        words::text(self, tz)
    }
}
