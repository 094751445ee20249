//! Instants as RFC 3339 text.

use chrono::{DateTime, Datelike, SecondsFormat, SubsecRound, Utc};

use crate::fault::Problem;

/// Before 1970 nothing is due, and a year of five digits is a slip of the hand.
pub(crate) const YEARS: std::ops::RangeInclusive<i32> = 1970..=9999;

pub(crate) const EXPECTED: &str = "an instant such as 2027-01-31T09:00:00Z, from 1970 to 9999";

pub(crate) fn write(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// What is finer than a millisecond is cut off, as everywhere.
pub(crate) fn parse(text: &str) -> Result<DateTime<Utc>, Problem> {
    DateTime::parse_from_rfc3339(text.trim())
        .map(|at| at.with_timezone(&Utc).trunc_subsecs(3))
        .ok()
        .filter(|at| YEARS.contains(&at.year()))
        .ok_or_else(|| Problem::unreadable(text, EXPECTED))
}
