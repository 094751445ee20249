//! Instants as RFC 3339 text.

use chrono::{DateTime, Datelike, SecondsFormat, SubsecRound, Utc};

use crate::fault::Problem;

/// Before 1970 nothing is due, and a year of five digits is a slip of the hand that other programs
/// cannot read.
pub(crate) const YEARS: std::ops::RangeInclusive<i32> = 1970..=9999;

/// What to tell somebody whose text is none.
pub const EXPECTED: &str = "an instant such as 2027-01-31T09:00:00Z, from 1970 to 9999";

/// In UTC; milliseconds only where there are any.
pub fn write(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Any offset is understood; what is finer than a millisecond is cut off, as everywhere.
pub fn read(text: &str) -> Option<DateTime<Utc>> {
    let at = DateTime::parse_from_rfc3339(text.trim()).ok()?;
    let at = at.with_timezone(&Utc).trunc_subsecs(3);
    YEARS.contains(&at.year()).then_some(at)
}

pub(crate) fn parse(text: &str) -> Result<DateTime<Utc>, Problem> {
    read(text).ok_or_else(|| Problem::unreadable(text, EXPECTED))
}
