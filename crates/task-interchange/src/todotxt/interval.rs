//! `rec:2w`: how todo.txt programs say that a task repeats. With a `+` it counts from the due
//! date, without one from the day of completion.

use chrono::Weekday;
use task_domain::recurrence::Frequency;
use task_domain::{Basis, Recurrence, RecurrenceInput, Rule};

use crate::fault::Problem;
use crate::recurrence;

const EXPECTED: &str = "an interval such as 1d, 2w, 1m, 1y or 1b (working days), with a + before it to count from \
     the due date";

const WORKDAYS: [Weekday; 5] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];

pub(super) fn parse(text: &str) -> Result<RecurrenceInput, Problem> {
    let fault = || Problem::unreadable(text, EXPECTED);
    let (basis, interval) = match text.strip_prefix('+') {
        Some(interval) => (Basis::Due, interval),
        None => (Basis::Completion, text),
    };
    let unit = interval.chars().next_back().ok_or_else(fault)?;
    let number = &interval[..interval.len() - unit.len_utf8()];
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let number: u32 = number.parse().ok().filter(|_| is_number).ok_or_else(fault)?;
    let rule = match unit {
        'd' => recurrence::every(Frequency::Daily, number)?,
        'w' => recurrence::every(Frequency::Weekly, number)?,
        'm' => recurrence::every(Frequency::Monthly, number)?,
        'y' => recurrence::every(Frequency::Yearly, number)?,
        // Every second working day is no rule of RFC 5545.
        'b' if number == 1 => Rule::weekly_on(WORKDAYS),
        _ => return Err(fault()),
    };
    Ok(RecurrenceInput { rule, basis })
}

/// `None` for what only a rule can say.
pub(super) fn write(recurrence: &Recurrence) -> Option<String> {
    let rule = &recurrence.rule;
    let interval = if *rule == Rule::weekly_on(WORKDAYS) {
        "1b".to_owned()
    } else if recurrence::is_interval(recurrence) {
        let unit = match rule.frequency() {
            Frequency::Daily => 'd',
            Frequency::Weekly => 'w',
            Frequency::Monthly => 'm',
            Frequency::Yearly => 'y',
        };
        format!("{}{unit}", rule.interval())
    } else {
        return None;
    };
    Some(match recurrence.basis {
        Basis::Due => format!("+{interval}"),
        Basis::Completion => interval,
    })
}
