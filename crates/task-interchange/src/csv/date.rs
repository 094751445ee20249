//! The dates of Todoist's DATE column: `2027-03-22 14:00`, `22 Mar`, `every 2 weeks at 9am
//! starting 2027-03-22`. The words are English; what other languages say is a fault that tells so.

use chrono::{DateTime, Datelike, Days, Duration, Month, NaiveDate, NaiveTime, Utc, Weekday};
use chrono_tz::Tz;
use task_domain::recurrence::{self as domain, Recurrence};
use task_domain::{Basis, RecurrenceInput, Task};

use super::every;
use crate::fault::Problem;
use crate::instant;
use crate::local_time::{self, end_of_day};

const EXPECTED: &str = "a date such as 2027-03-22, 2027-03-22 14:00, 22 Mar, tomorrow at 9am, \
                        every day or every 2 weeks starting 2027-03-22";

/// Words that change nothing.
const FILLERS: [&str; 2] = ["and", "the"];

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Due {
    pub(super) at: DateTime<Utc>,
    pub(super) recurrence: Option<RecurrenceInput>,
}

/// How the column tells a task's due date.
pub(super) struct Written {
    pub(super) date: String,
    /// Whether reading it gives the instant again.
    pub(super) says_due: bool,
    pub(super) says_recurrence: bool,
}

pub(super) fn parse(text: &str, tz: Tz, now: DateTime<Utc>) -> Result<Due, Problem> {
    if let Ok(at) = instant::parse(text) {
        return Ok(Due { at, recurrence: None });
    }
    let lowercase = text.to_ascii_lowercase().replace(',', " ");
    let words: Vec<&str> =
        lowercase.split_whitespace().filter(|word| !FILLERS.contains(word)).collect();
    understand(&words, tz, now).unwrap_or_else(|| Err(Problem::unreadable(text, EXPECTED)))
}

/// `None` for words that mean nothing here.
fn understand(words: &[&str], tz: Tz, now: DateTime<Utc>) -> Option<Result<Due, Problem>> {
    let today = now.with_timezone(&tz).date_naive();
    let (words, until) = clause(words, &["until", "ending"]);
    let (words, start) = clause(words, &["starting", "from"]);
    let (days, time) = split_time(words)?;
    let time = time.unwrap_or_else(end_of_day);
    let at = |date: NaiveDate| local_time::instant(date.and_time(time), tz);
    let Some((rule, basis)) = every::rule(&days) else {
        let at = at(day(&days, today)?);
        return (start.is_none() && until.is_none()).then_some(Ok(Due { at, recurrence: None }));
    };
    let start = match start {
        Some(words) => Some(day(words, today)?),
        None => None,
    };
    let until = match until {
        Some(words) => Some(local_time::instant(day(words, today)?.and_time(end_of_day()), tz)),
        None => None,
    };
    let anchor = start.unwrap_or(today).and_time(time);
    let recurrence = Recurrence { rule: rule.clone(), basis: Basis::Due, anchor };
    // Without a start, the first occurrence is the next one.
    let from = start.map_or(now, |day| local_time::instant(day.and_time(NaiveTime::MIN), tz));
    let at = domain::next_after(&recurrence, tz, from - Duration::seconds(1))?;
    let input = rule.ending(until, None).map(|rule| RecurrenceInput { rule, basis });
    Some(input.map(|input| Due { at, recurrence: Some(input) }).map_err(Problem::from))
}

/// The words before the first of these names, and those after it.
fn clause<'w, 't>(words: &'w [&'t str], names: &[&str]) -> (&'w [&'t str], Option<&'w [&'t str]>) {
    match words.iter().position(|word| names.contains(word)) {
        Some(at) => (&words[..at], Some(&words[at + 1..])),
        None => (words, None),
    }
}

/// Takes the time of day out of the words; `None` when there are two.
fn split_time<'t>(words: &[&'t str]) -> Option<(Vec<&'t str>, Option<NaiveTime>)> {
    let mut days = Vec::new();
    let mut time = None;
    for word in words.iter().copied().filter(|word| *word != "at") {
        match clock(word) {
            Some(_) if time.is_some() => return None,
            Some(clock) => time = Some(clock),
            None => days.push(word),
        }
    }
    Some((days, time))
}

/// `14:00`, `14:00:30`, `9am`, `9:30pm`.
fn clock(word: &str) -> Option<NaiveTime> {
    let half_day = word.strip_suffix("am").map(|rest| (rest, 0));
    let half_day = half_day.or_else(|| word.strip_suffix("pm").map(|rest| (rest, 12)));
    let Some((text, afternoon)) = half_day else {
        let parse = |format| NaiveTime::parse_from_str(word, format).ok();
        return parse("%H:%M").or_else(|| parse("%H:%M:%S"));
    };
    let (hour, minute) = text.split_once(':').unwrap_or((text, "0"));
    let hour: u32 = hour.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    NaiveTime::from_hms_opt(hour % 12 + afternoon, minute.parse().ok()?, 0)
}

fn day(words: &[&str], today: NaiveDate) -> Option<NaiveDate> {
    match words {
        ["today"] => Some(today),
        ["tomorrow"] => today.checked_add_days(Days::new(1)),
        [word] => match local_time::date(word) {
            Ok(date) => Some(date),
            Err(_) => coming(word.parse().ok()?, today),
        },
        [a, b] => {
            let (month, day) = month_and_day(a, b)?;
            // Without a year it is the next such day.
            let this_year = NaiveDate::from_ymd_opt(today.year(), month, day);
            match this_year.filter(|date| *date >= today) {
                Some(date) => Some(date),
                None => NaiveDate::from_ymd_opt(today.year() + 1, month, day),
            }
        }
        [a, b, year] => {
            let (month, day) = month_and_day(a, b)?;
            NaiveDate::from_ymd_opt(year.parse().ok().filter(|_| year.len() == 4)?, month, day)
        }
        _ => None,
    }
}

/// Today does not come: a Monday named on a Monday is the next one.
fn coming(weekday: Weekday, today: NaiveDate) -> Option<NaiveDate> {
    today.iter_days().skip(1).take(7).find(|date| date.weekday() == weekday)
}

/// `22 mar`, `mar 22`, `march 22nd`.
pub(super) fn month_and_day(a: &str, b: &str) -> Option<(u32, u32)> {
    let read = |month: &str, day: &str| {
        let month: Month = month.parse().ok()?;
        let day = every::ordinal(day).or_else(|| day.parse().ok())?;
        Some((month.number_from_month(), u32::try_from(day).ok()?))
    };
    read(a, b).or_else(|| read(b, a))
}

pub(super) fn write(task: &Task) -> Written {
    let Some(due_at) = task.due_at else {
        return Written { date: String::new(), says_due: true, says_recurrence: false };
    };
    let exact = local_time::exact(due_at, task.timezone);
    let local = exact.unwrap_or_else(|| due_at.with_timezone(&task.timezone).naive_local());
    let date = local.date().to_string();
    let time = (local.time() != end_of_day()).then(|| {
        let text = local.time().format("%H:%M:%S").to_string();
        text.strip_suffix(":00").unwrap_or(&text).to_owned()
    });
    let says_due = exact.is_some();
    let plain = match &time {
        Some(time) => format!("{date} {time}"),
        None => date.clone(),
    };
    let phrase = task.recurrence.as_ref().and_then(every::phrase).map(|every| match &time {
        Some(time) => format!("{every} at {time} starting {date}"),
        None => format!("{every} starting {date}"),
    });
    let says_the_same = |phrase: &String| {
        let recurrence = task.recurrence.as_ref();
        let wanted =
            recurrence.map(|it| RecurrenceInput { rule: it.rule.clone(), basis: it.basis });
        parse(phrase, task.timezone, due_at) == Ok(Due { at: due_at, recurrence: wanted })
    };
    match phrase.filter(says_the_same) {
        Some(date) => Written { date, says_due, says_recurrence: true },
        None => Written { date: plain, says_due, says_recurrence: false },
    }
}
