//! A recurrence in English, for people. Only what the rule says is told: what it leaves to the due
//! date stands beside it anyway.

use chrono::Weekday;
use chrono_tz::Tz;

use super::rule::{End, Frequency, NthWeekday, Rule};
use super::{Basis, Recurrence};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const WORKDAYS: [Weekday; 5] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];

pub(super) fn text(recurrence: &Recurrence, tz: Tz) -> String {
    let rule = &recurrence.rule;
    let basis = match recurrence.basis {
        Basis::Due => "",
        Basis::Completion => " after completion",
    };
    let end = match rule.end {
        End::Never => String::new(),
        End::Until(at) => format!(", until {}", at.with_timezone(&tz).format("%-d %b %Y")),
        End::Count(1) => ", once".to_owned(),
        End::Count(count) => format!(", {count} times"),
    };
    format!("{}{basis}{end}", pattern(rule))
}

fn pattern(rule: &Rule) -> String {
    let weekly = Rule::weekly_on(WORKDAYS);
    let daily = Rule { frequency: Frequency::Daily, ..weekly.clone() };
    if [weekly, daily].contains(&rule.without_end()) {
        return "every weekday".to_owned();
    }
    let unit = match rule.frequency {
        Frequency::Daily => "day",
        Frequency::Weekly => "week",
        Frequency::Monthly => "month",
        Frequency::Yearly => "year",
    };
    let every = match rule.interval {
        1 => format!("every {unit}"),
        interval => format!("every {interval} {unit}s"),
    };
    match dates(rule) {
        Some(dates) => format!("{every} on {dates}"),
        None => format!("{every}{}{}", months(rule), days(rule)),
    }
}

/// ` in Jan, Jul`.
fn months(rule: &Rule) -> String {
    match rule.months.as_slice() {
        [] => String::new(),
        months => format!(" in {}", list(months, |month| month_name(*month).to_owned())),
    }
}

/// ` on Mon, Wed`, ` on the last Fri`, ` on the 1st, 15th`, ` on Fri the 13th`.
fn days(rule: &Rule) -> String {
    let weekdays = list(&rule.weekdays, nth_weekday);
    let month_days = list(&rule.month_days, month_day);
    let set = match (weekdays.is_empty(), month_days.is_empty()) {
        (true, true) => return places_in_period(rule),
        (false, true) if are_workdays(rule) => "weekday".to_owned(),
        (false, true) => weekdays,
        (true, false) => format!("the {month_days}"),
        (false, false) => format!("{weekdays} the {month_days}"),
    };
    match (rule.set_positions.as_slice(), are_workdays(rule) && rule.month_days.is_empty()) {
        ([], true) => format!(" on {set}s"),
        ([], false) => format!(" on {set}"),
        (positions, true) => format!(" on the {} {set}", list(positions, |at| place(*at))),
        (positions, false) => format!(" on the {} of {set}", list(positions, |at| place(*at))),
    }
}

/// BYSETPOS that chooses from the one day of each month which the rule leaves to its anchor.
fn places_in_period(rule: &Rule) -> String {
    match rule.set_positions.as_slice() {
        [] => String::new(),
        positions => format!(", the {} of these", list(positions, |at| place(*at))),
    }
}

/// `29 Feb`, `1 Jan, 1 Jul`: where a yearly rule names plain dates, they read as such.
fn dates(rule: &Rule) -> Option<String> {
    let is_plain = rule.frequency == Frequency::Yearly
        && rule.weekdays.is_empty()
        && rule.set_positions.is_empty()
        && rule.month_days.iter().all(|day| *day > 0);
    match (rule.months.as_slice(), rule.month_days.as_slice()) {
        (months @ [_, ..], [day]) if is_plain => {
            Some(list(months, |month| format!("{day} {}", month_name(*month))))
        }
        ([month], days @ [_, ..]) if is_plain => {
            Some(list(days, |day| format!("{day} {}", month_name(*month))))
        }
        _ => None,
    }
}

fn are_workdays(rule: &Rule) -> bool {
    rule.weekdays == Rule::weekly_on(WORKDAYS).weekdays
}

fn nth_weekday(day: &NthWeekday) -> String {
    match day.nth {
        None => day.weekday.to_string(),
        Some(nth) => format!("the {} {}", place(nth), day.weekday),
    }
}

fn month_day(day: &i32) -> String {
    if *day > 0 { place(*day) } else { format!("{} day", place(*day)) }
}

/// `1st`, `22nd`, `last`, `2nd to last`.
fn place(position: i32) -> String {
    let distance = position.unsigned_abs();
    let suffix = match (distance % 10, distance % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    match position {
        -1 => "last".to_owned(),
        ..0 => format!("{distance}{suffix} to last"),
        _ => format!("{distance}{suffix}"),
    }
}

fn month_name(month: u32) -> &'static str {
    MONTHS[(month as usize - 1) % MONTHS.len()]
}

fn list<T>(entries: &[T], write: impl Fn(&T) -> String) -> String {
    entries.iter().map(write).collect::<Vec<_>>().join(", ")
}
