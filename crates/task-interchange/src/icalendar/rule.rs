//! RRULE, between what RFC 5545 takes it for and what a task means by it.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use task_domain::{Basis, RecurrenceInput, Rule, Task};

use super::content_line::Property;
use super::{moment, own};
use crate::fault::Problem;
use crate::local_time::end_of_day;
use crate::recurrence;

pub(super) fn read(
    property: &Property,
    timezone: Tz,
) -> Result<(RecurrenceInput, Option<NaiveDateTime>), Problem> {
    let text = property.parameter(own::RULE).unwrap_or(&property.value);
    let rule = Rule::parse(&with_utc_end(text, timezone)?)?;
    let basis = property.parameter(own::BASIS).map(recurrence::basis).transpose()?;
    let anchor = property.parameter(own::ANCHOR).map(recurrence::anchor).transpose()?;
    Ok((RecurrenceInput { rule, basis: basis.unwrap_or(Basis::Due) }, anchor))
}

/// UNTIL may be a date or a wall clock, like the DTSTART it belongs to; a rule has it in UTC.
fn with_utc_end(text: &str, timezone: Tz) -> Result<String, Problem> {
    let part = |part: &str| match part.split_once('=') {
        Some((name, value)) if name.eq_ignore_ascii_case("UNTIL") => {
            let (_, until) = moment::write_utc(moment::at(value, timezone, end_of_day())?);
            Ok(format!("UNTIL={until}"))
        }
        _ => Ok(part.to_owned()),
    };
    let parts: Result<Vec<String>, Problem> = text.trim().split(';').map(part).collect();
    Ok(parts?.join(";"))
}

/// Parameters and value. Other programs read the rule to the letter, so it is spelled out for them.
pub(super) fn write(task: &Task) -> Option<(String, String)> {
    let recurrence = task.recurrence.as_ref()?;
    let rule = recurrence.rule.to_string();
    let portable = recurrence.rule.portable(recurrence.anchor).to_string();
    let mut parameters = String::new();
    if rule != portable {
        parameters += &format!(";{}=\"{rule}\"", own::RULE);
    }
    if recurrence.basis != Basis::Due {
        parameters += &format!(";{}={}", own::BASIS, recurrence::write_basis(recurrence.basis));
    }
    if let Some(anchor) = recurrence::own_anchor(task) {
        parameters += &format!(";{}=\"{}\"", own::ANCHOR, recurrence::write_anchor(anchor));
    }
    Some((parameters, portable))
}
