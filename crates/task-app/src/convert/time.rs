//! Instants and zones as text.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use task_interchange::instant;

use crate::problem::FieldProblem;

pub(crate) fn parse_instant(field: &str, text: &str) -> Result<DateTime<Utc>, FieldProblem> {
    instant::read(text).ok_or_else(|| FieldProblem::new(field, instant::EXPECTED))
}

/// An IANA name.
pub(crate) fn timezone(name: &str) -> Result<Tz, FieldProblem> {
    name.trim().parse().map_err(|_| {
        FieldProblem::new("timezone", "an IANA name such as Europe/Berlin or Asia/Karachi")
    })
}
