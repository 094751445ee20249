//! `every other week`, `every mon, thu`, `every 3rd friday`: how Todoist says that a task repeats.
//! With a mark, as in `every! 3 days`, it counts from the day of completion.

use chrono::Weekday;
use task_domain::recurrence::Frequency;
use task_domain::{Basis, Recurrence, Rule};

use super::date::month_and_day;
use crate::recurrence;

const WEEKDAYS: [(&str, &str); 7] = [
    ("MO", "mon"),
    ("TU", "tue"),
    ("WE", "wed"),
    ("TH", "thu"),
    ("FR", "fri"),
    ("SA", "sat"),
    ("SU", "sun"),
];

/// What the words say, if they say `every`.
pub(super) fn rule(words: &[&str]) -> Option<(Rule, Basis)> {
    let (basis, rest) = match words {
        ["every" | "ev", rest @ ..] => (Basis::Due, rest),
        ["every!" | "ev!", rest @ ..] => (Basis::Completion, rest),
        ["daily" | "weekly" | "monthly" | "yearly"] => {
            return Rule::from_word(words[0]).ok().map(|rule| (rule, Basis::Due));
        }
        _ => return None,
    };
    // `every month on 1st` says the same as `every 1st`.
    let days = rest.strip_prefix(&["month", "on"]).unwrap_or(rest);
    let rule = interval(rest).or_else(|| days_of_week(rest));
    let rule = rule.or_else(|| date_of_year(rest)).or_else(|| days_of_month(days));
    rule.map(|rule| (rule, basis))
}

/// The words for a recurrence, where there are any.
pub(super) fn phrase(recurrence: &Recurrence) -> Option<String> {
    let every = match recurrence.basis {
        Basis::Due => "every",
        Basis::Completion => "every!",
    };
    let rule = &recurrence.rule;
    if recurrence::is_interval(recurrence) {
        let unit = match rule.frequency() {
            Frequency::Daily => "day",
            Frequency::Weekly => "week",
            Frequency::Monthly => "month",
            Frequency::Yearly => "year",
        };
        return Some(match rule.interval() {
            1 => format!("{every} {unit}"),
            interval => format!("{every} {interval} {unit}s"),
        });
    }
    let text = rule.to_string();
    let codes = text.strip_prefix("FREQ=WEEKLY;BYDAY=").filter(|rest| !rest.contains(';'))?;
    let name = |code: &str| {
        WEEKDAYS.iter().find(|(known, _)| *known == code).map(|(_, name)| (*name).to_owned())
    };
    let names: Option<Vec<String>> = codes.split(',').map(name).collect();
    Some(format!("{every} {}", names?.join(", ")))
}

fn interval(words: &[&str]) -> Option<Rule> {
    let (number, unit) = match words {
        ["weekday" | "workday"] => return Rule::from_word("weekdays").ok(),
        [unit] => (1, *unit),
        ["other", unit] => (2, *unit),
        [number, unit] => (number.parse().ok()?, *unit),
        _ => return None,
    };
    let frequency = match unit {
        "day" | "days" => Frequency::Daily,
        "week" | "weeks" => Frequency::Weekly,
        "month" | "months" => Frequency::Monthly,
        "year" | "years" => Frequency::Yearly,
        _ => return None,
    };
    recurrence::every(frequency, number).ok()
}

fn days_of_week(words: &[&str]) -> Option<Rule> {
    let days: Option<Vec<Weekday>> = words.iter().map(|word| word.parse().ok()).collect();
    days.filter(|days| !days.is_empty()).map(Rule::weekly_on)
}

/// `27 mar`.
fn date_of_year(words: &[&str]) -> Option<Rule> {
    let [a, b] = words else { return None };
    let (month, day) = month_and_day(a, b)?;
    Rule::parse(&format!("FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}")).ok()
}

/// `1st, 15th`, `last day`, `3rd friday`.
fn days_of_month(words: &[&str]) -> Option<Rule> {
    let (last, others) = words.split_last()?;
    if let Ok(weekday) = last.parse::<Weekday>() {
        let code = WEEKDAYS[weekday.num_days_from_monday() as usize].0;
        let days: Option<Vec<_>> =
            others.iter().map(|word| ordinal(word).map(|nth| format!("{nth}{code}"))).collect();
        return Rule::parse(&format!("FREQ=MONTHLY;BYDAY={}", days?.join(","))).ok();
    }
    let days = if *last == "day" { others } else { words };
    let days: Option<Vec<_>> =
        days.iter().map(|word| ordinal(word).map(|day| day.to_string())).collect();
    Rule::parse(&format!("FREQ=MONTHLY;BYMONTHDAY={}", days?.join(","))).ok()
}

/// `1st`, `22nd`, `last`.
pub(super) fn ordinal(word: &str) -> Option<i32> {
    if word == "last" {
        return Some(-1);
    }
    let number = ["st", "nd", "rd", "th"].iter().find_map(|suffix| word.strip_suffix(suffix))?;
    number.parse().ok().filter(|number| *number > 0)
}
