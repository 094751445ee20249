//! Instants and zones as text.

use chrono::{DateTime, Datelike, SecondsFormat, SubsecRound, Utc};
use chrono_tz::Tz;

use crate::problem::FieldProblem;

/// Before 1970 nothing is due, and a year of five digits is a slip of the hand that other programs
/// cannot read.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=9999;

/// RFC 3339 in UTC; milliseconds only where there are any.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Any offset is understood; what is finer than a millisecond is cut off, as the store does.
pub(crate) fn parse_instant(field: &str, text: &str) -> Result<DateTime<Utc>, FieldProblem> {
    DateTime::parse_from_rfc3339(text.trim())
        .map(|at| at.with_timezone(&Utc).trunc_subsecs(3))
        .ok()
        .filter(|at| YEARS.contains(&at.year()))
        .ok_or_else(|| {
            FieldProblem::new(field, "an instant such as 2027-01-31T09:00:00Z, from 1970 to 9999")
        })
}

/// An IANA name.
pub(crate) fn timezone(name: &str) -> Result<Tz, FieldProblem> {
    name.trim().parse().map_err(|_| {
        FieldProblem::new("timezone", "an IANA name such as Europe/Berlin or Asia/Karachi")
    })
}
