//! The spelling of rules: RFC 5545 text in and out, and the words people use for common rules.
//! What may go together is decided by `rule`.

use std::fmt::{self, Display};

use chrono::{DateTime, NaiveDateTime, Utc, Weekday};

use super::rule::{
    COUNT_MAX, End, Frequency, INTERVAL_MAX, NthWeekday, Rule, SET_POSITION_MAX,
    WEEKDAYS_IN_YEAR_MAX,
};
use super::rule_error::RuleError;

/// Every list with every value that makes sense in it stays well below this.
pub const RULE_CHARS_MAX: usize = 1_000;

/// How much of somebody's text an error message repeats.
const ECHO_CHARS_MAX: usize = 40;

const UNTIL_FORMAT: &str = "%Y%m%dT%H%M%SZ";

const WEEKDAY_CODES: [(&str, Weekday); 7] = [
    ("MO", Weekday::Mon),
    ("TU", Weekday::Tue),
    ("WE", Weekday::Wed),
    ("TH", Weekday::Thu),
    ("FR", Weekday::Fri),
    ("SA", Weekday::Sat),
    ("SU", Weekday::Sun),
];

const FREQUENCIES: [(&str, Frequency); 4] = [
    ("DAILY", Frequency::Daily),
    ("WEEKLY", Frequency::Weekly),
    ("MONTHLY", Frequency::Monthly),
    ("YEARLY", Frequency::Yearly),
];

impl Rule {
    /// Reads `FREQ=WEEKLY;BYDAY=MO`, strictly: a part that is misspelled, doubled or out of range
    /// is an error, never ignored. Case does not matter, nor does a leading `RRULE:`.
    pub fn parse(text: &str) -> Result<Rule, RuleError> {
        if text.chars().count() > RULE_CHARS_MAX {
            return Err(RuleError::TooLong { max_chars: RULE_CHARS_MAX });
        }
        let upper = text.trim().to_ascii_uppercase();
        let mut parts = Parts::default();
        for part in upper.strip_prefix("RRULE:").unwrap_or(&upper).split(';') {
            parts.read(part)?;
        }
        parts.rule()?.checked()
    }

    /// `daily`, `weekly`, `monthly`, `yearly`, `weekdays`, `every_monday` … `every_sunday`.
    pub fn from_word(word: &str) -> Result<Rule, RuleError> {
        let rule = match word.trim().to_ascii_lowercase().as_str() {
            "daily" => Rule::every(Frequency::Daily),
            "weekly" => Rule::every(Frequency::Weekly),
            "monthly" => Rule::every(Frequency::Monthly),
            "yearly" => Rule::every(Frequency::Yearly),
            "weekdays" => Rule::weekly_on(WEEKDAY_CODES[..5].iter().map(|(_, day)| *day)),
            "every_monday" => Rule::weekly_on([Weekday::Mon]),
            "every_tuesday" => Rule::weekly_on([Weekday::Tue]),
            "every_wednesday" => Rule::weekly_on([Weekday::Wed]),
            "every_thursday" => Rule::weekly_on([Weekday::Thu]),
            "every_friday" => Rule::weekly_on([Weekday::Fri]),
            "every_saturday" => Rule::weekly_on([Weekday::Sat]),
            "every_sunday" => Rule::weekly_on([Weekday::Sun]),
            _ => return Err(RuleError::UnknownWord { text: echo(word) }),
        };
        Ok(rule)
    }
}

/// The canonical spelling: FREQ first, defaults left out, lists in calendar order.
impl Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FREQ={}", code(&FREQUENCIES, self.frequency))?;
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        match self.end {
            End::Never => {}
            End::Until(until) => write!(f, ";UNTIL={}", until.format(UNTIL_FORMAT))?,
            End::Count(count) => write!(f, ";COUNT={count}")?,
        }
        write_list(f, "BYMONTH", &self.months)?;
        write_list(f, "BYMONTHDAY", &self.month_days)?;
        write_list(f, "BYDAY", &self.weekdays)?;
        write_list(f, "BYSETPOS", &self.set_positions)?;
        if self.week_start != Weekday::Mon {
            write!(f, ";WKST={}", code(&WEEKDAY_CODES, self.week_start))?;
        }
        Ok(())
    }
}

impl Display for NthWeekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(nth) = self.nth {
            write!(f, "{nth}")?;
        }
        f.write_str(code(&WEEKDAY_CODES, self.weekday))
    }
}

/// What has been read so far; `None` is a part that has not come.
#[derive(Default)]
struct Parts {
    frequency: Option<Frequency>,
    interval: Option<u32>,
    until: Option<DateTime<Utc>>,
    count: Option<u32>,
    months: Option<Vec<u32>>,
    month_days: Option<Vec<i32>>,
    weekdays: Option<Vec<NthWeekday>>,
    set_positions: Option<Vec<i32>>,
    week_start: Option<Weekday>,
}

impl Parts {
    fn read(&mut self, part: &str) -> Result<(), RuleError> {
        let (name, value) =
            part.split_once('=').ok_or_else(|| RuleError::NotAPart { text: echo(part) })?;
        match name {
            "FREQ" => once(&mut self.frequency, "FREQ", frequency(value)?),
            "INTERVAL" => {
                once(&mut self.interval, "INTERVAL", whole("INTERVAL", value, INTERVAL_MAX)?)
            }
            "UNTIL" => once(&mut self.until, "UNTIL", until(value)?),
            "COUNT" => once(&mut self.count, "COUNT", whole("COUNT", value, COUNT_MAX)?),
            "BYMONTH" => {
                let months = list(value, |value| whole("BYMONTH", value, 12))?;
                once(&mut self.months, "BYMONTH", months)
            }
            "BYMONTHDAY" => {
                let days = list(value, |value| signed("BYMONTHDAY", value, 31))?;
                once(&mut self.month_days, "BYMONTHDAY", days)
            }
            "BYDAY" => once(&mut self.weekdays, "BYDAY", list(value, nth_weekday)?),
            "BYSETPOS" => {
                let positions = list(value, |value| signed("BYSETPOS", value, SET_POSITION_MAX))?;
                once(&mut self.set_positions, "BYSETPOS", positions)
            }
            "WKST" => {
                let start = weekday(value).ok_or_else(|| bad("WKST", value, "MO to SU"))?;
                once(&mut self.week_start, "WKST", start)
            }
            "BYSECOND" | "BYMINUTE" | "BYHOUR" => {
                Err(RuleError::TimeOfDay { name: name.to_owned() })
            }
            "BYYEARDAY" | "BYWEEKNO" => Err(RuleError::UnsupportedPart { name: name.to_owned() }),
            _ => Err(RuleError::UnknownPart { name: echo(name) }),
        }
    }

    fn rule(self) -> Result<Rule, RuleError> {
        let rule = Rule {
            frequency: self.frequency.ok_or(RuleError::MissingFrequency)?,
            interval: self.interval.unwrap_or(1),
            months: self.months.unwrap_or_default(),
            month_days: self.month_days.unwrap_or_default(),
            weekdays: self.weekdays.unwrap_or_default(),
            set_positions: self.set_positions.unwrap_or_default(),
            week_start: self.week_start.unwrap_or(Weekday::Mon),
            end: End::Never,
        };
        rule.ending(self.until, self.count)
    }
}

fn once<T>(slot: &mut Option<T>, part: &'static str, value: T) -> Result<(), RuleError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(RuleError::Repeated { part }),
    }
}

fn list<T>(value: &str, entry: impl Fn(&str) -> Result<T, RuleError>) -> Result<Vec<T>, RuleError> {
    value.split(',').map(entry).collect()
}

fn frequency(value: &str) -> Result<Frequency, RuleError> {
    if matches!(value, "SECONDLY" | "MINUTELY" | "HOURLY") {
        return Err(RuleError::SubDaily { value: value.to_owned() });
    }
    FREQUENCIES
        .into_iter()
        .find_map(|(code, frequency)| (code == value).then_some(frequency))
        .ok_or_else(|| bad("FREQ", value, "DAILY, WEEKLY, MONTHLY or YEARLY"))
}

fn until(value: &str) -> Result<DateTime<Utc>, RuleError> {
    NaiveDateTime::parse_from_str(value, UNTIL_FORMAT)
        .ok()
        // chrono also takes spellings with fewer or more digits.
        .filter(|at| at.format(UNTIL_FORMAT).to_string() == value)
        .map(|at| at.and_utc())
        .ok_or_else(|| bad("UNTIL", value, "a UTC instant such as 20270301T090000Z"))
}

fn whole(part: &'static str, value: &str, max: u32) -> Result<u32, RuleError> {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|number| is_number && (1..=max).contains(number));
    number.ok_or_else(|| bad(part, value, &format!("a whole number from 1 to {max}")))
}

fn signed(part: &'static str, value: &str, max: u32) -> Result<i32, RuleError> {
    let number = value.parse::<i32>().ok().filter(|n| (1..=max).contains(&n.unsigned_abs()));
    number.ok_or_else(|| bad(part, value, &format!("1 to {max}, or -{max} to -1 from the end")))
}

fn nth_weekday(value: &str) -> Result<NthWeekday, RuleError> {
    let fault = || bad("BYDAY", value, "MO to SU, or a numbered one such as -1FR");
    let split = value.len().checked_sub(2).filter(|at| value.is_char_boundary(*at));
    let (nth, code) = value.split_at(split.ok_or_else(fault)?);
    let weekday = weekday(code).ok_or_else(fault)?;
    let nth = match nth {
        "" => None,
        nth => Some(signed("BYDAY", nth, WEEKDAYS_IN_YEAR_MAX).map_err(|_| fault())?),
    };
    Ok(NthWeekday { nth, weekday })
}

fn weekday(code: &str) -> Option<Weekday> {
    WEEKDAY_CODES.into_iter().find_map(|(known, day)| (known == code).then_some(day))
}

fn code<T: PartialEq>(codes: &[(&'static str, T)], value: T) -> &'static str {
    codes.iter().find_map(|(code, known)| (*known == value).then_some(*code)).unwrap_or_default()
}

fn write_list<T: Display>(f: &mut fmt::Formatter<'_>, part: &str, entries: &[T]) -> fmt::Result {
    let mut separator = "=";
    for entry in entries {
        if separator == "=" {
            write!(f, ";{part}")?;
        }
        write!(f, "{separator}{entry}")?;
        separator = ",";
    }
    Ok(())
}

fn bad(part: &'static str, value: &str, allowed: &str) -> RuleError {
    RuleError::BadValue { part, value: echo(value), allowed: allowed.to_owned() }
}

fn echo(text: &str) -> String {
    text.chars().take(ECHO_CHARS_MAX).collect()
}
