//! VALARM: when a task reminds.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use task_domain::Reminder;

use super::content_line::Property;
use super::moment;
use crate::duration;
use crate::fault::{Fault, Problem};

/// What relative triggers count from.
pub(super) struct Reference {
    pub(super) start: Option<DateTime<Utc>>,
    pub(super) due: Option<DateTime<Utc>>,
    pub(super) timezone: Tz,
}

/// `None` for an alarm that is switched off.
pub(super) fn read(alarm: &[Property], reference: &Reference) -> Result<Option<Reminder>, Fault> {
    let first = |name: &str| alarm.iter().find(|property| property.name == name);
    if first("ACTION").is_some_and(|action| action.value.eq_ignore_ascii_case("NONE")) {
        return Ok(None);
    }
    let Some(trigger) = first("TRIGGER") else { return Ok(None) };
    let fault = |problem| Fault::new(trigger.line, "TRIGGER", problem);
    if trigger.value.trim().ends_with('Z') {
        let at = moment::instant(trigger, reference.timezone).map_err(fault)?;
        return Ok(Some(Reminder::At(at)));
    }
    let offset = duration::parse_signed(trigger.value.trim()).ok_or_else(|| {
        fault(Problem::unreadable(
            &trigger.value,
            "a duration such as -PT15M, or an instant in UTC",
        ))
    })?;
    Ok(Some(relative(trigger, offset, reference)))
}

fn relative(trigger: &Property, offset: Duration, reference: &Reference) -> Reminder {
    let counts_from_start =
        !trigger.parameter("RELATED").is_some_and(|it| it.eq_ignore_ascii_case("END"));
    // RFC 5545 counts from the start unless told otherwise; a task without one has its due date.
    let lead = match (reference.start, reference.due) {
        (Some(start), Some(due)) if counts_from_start => due - start - offset,
        _ => -offset,
    };
    match reference.due {
        // A reminder of ours never comes after the due date, unless it has an instant of its own.
        Some(due) if lead < Duration::zero() => Reminder::At(due - lead),
        _ => Reminder::Before(lead),
    }
}

/// Parameters and value of the trigger.
pub(super) fn write(reminder: &Reminder) -> (String, String) {
    match reminder {
        Reminder::Before(lead) => {
            (";RELATED=END".to_owned(), format!("-{}", duration::write(*lead)))
        }
        Reminder::At(at) => {
            let (milliseconds, at) = moment::write_utc(*at);
            (format!(";VALUE=DATE-TIME{milliseconds}"), at)
        }
    }
}
