//! When a recurring job ticks: six cron fields, a word, or an interval. Pure, apart from the
//! machine's time zone, in which a schedule is read that names no other.

use chrono::{DateTime, Local, TimeDelta, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds};

use crate::go_duration;

/// No interval gets finer than this.
const SHORTEST_INTERVAL: TimeDelta = TimeDelta::seconds(1);
/// A schedule without a tick for this long has none, such as the thirtieth of February.
const HORIZON: TimeDelta = TimeDelta::days(5 * 366);
/// The words, and the fields they stand for.
const WORDS: [(&str, &str); 7] = [
    ("@yearly", "0 0 0 1 1 *"),
    ("@annually", "0 0 0 1 1 *"),
    ("@monthly", "0 0 0 1 * *"),
    ("@weekly", "0 0 0 * * 0"),
    ("@daily", "0 0 0 * * *"),
    ("@midnight", "0 0 0 * * *"),
    ("@hourly", "0 0 * * * *"),
];
/// The least and greatest number of each field, from seconds to the day of the week.
const BOUNDS: [(u32, u32); 6] = [(0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 6)];
const MONTHS: &[&str] =
    &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
/// The names of each field's numbers.
const NAMES: [&[&str]; 6] = [&[], &[], &[], &[], MONTHS, WEEKDAYS];

/// A schedule in one of the forms Dapr's scheduler takes.
#[derive(Clone, Debug)]
pub(super) enum Schedule {
    /// `@every 5m`: that long after the tick before.
    Every(TimeDelta),
    Cron {
        cron: Box<Cron>,
        /// `None` for the machine's.
        zone: Option<Tz>,
    },
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ScheduleError {
    #[error("expected exactly 6 fields, found {found}: [{text}]")]
    FieldCount { found: usize, text: String },
    #[error("failed to parse field {field:?} of [{text}]")]
    Field { field: String, text: String },
    #[error("failed to parse duration {text}")]
    Interval { text: String },
    #[error("provided bad location {name}: unknown time zone {name}")]
    Zone { name: String },
    #[error("unrecognized descriptor: {text}")]
    Word { text: String },
    #[error("a time zone has no meaning for {text}")]
    ZonedInterval { text: String },
}

impl Schedule {
    pub(super) fn parse(text: &str) -> Result<Self, ScheduleError> {
        let (zone, text) = split_zone(text.trim())?;
        if let Some(interval) = text.strip_prefix("@every ") {
            if zone.is_some() {
                return Err(ScheduleError::ZonedInterval { text: text.to_owned() });
            }
            let unread = || ScheduleError::Interval { text: text.to_owned() };
            let interval = go_duration::parse(interval.trim()).ok_or_else(unread)?;
            let interval = TimeDelta::from_std(interval).map_err(|_| unread())?;
            return Ok(Self::Every(interval.max(SHORTEST_INTERVAL)));
        }
        let fields = match WORDS.iter().find(|(word, _)| *word == text) {
            Some((_, fields)) => fields,
            None if text.starts_with('@') => {
                return Err(ScheduleError::Word { text: text.to_owned() });
            }
            None => text,
        };
        check_fields(fields)?;
        let parser = CronParser::builder().seconds(Seconds::Required).build();
        let unread = |_| ScheduleError::Field { field: fields.to_owned(), text: text.to_owned() };
        let cron = Box::new(parser.parse(fields).map_err(unread)?);
        Ok(Self::Cron { cron, zone })
    }

    /// The first tick after `at`; `None` when there is none any more.
    pub(super) fn next_after(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Every(interval) => at.checked_add_signed(*interval),
            Self::Cron { cron, zone } => {
                let next = match zone {
                    Some(zone) => {
                        cron.find_next_occurrence(&at.with_timezone(zone), false).ok()?.to_utc()
                    }
                    None => {
                        cron.find_next_occurrence(&at.with_timezone(&Local), false).ok()?.to_utc()
                    }
                };
                (next - at <= HORIZON).then_some(next)
            }
        }
    }
}

/// `CRON_TZ=Europe/Berlin …` or `TZ=…`, and the rest.
fn split_zone(text: &str) -> Result<(Option<Tz>, &str), ScheduleError> {
    let Some(zoned) = text.strip_prefix("CRON_TZ=").or_else(|| text.strip_prefix("TZ=")) else {
        return Ok((None, text));
    };
    let (name, rest) = zoned.split_once(' ').unwrap_or((zoned, ""));
    let zone = name.parse().map_err(|_| ScheduleError::Zone { name: name.to_owned() })?;
    Ok((Some(zone), rest.trim()))
}

/// The parser takes more than Dapr does: fewer fields, `L`, `W` and `#`, a seventh weekday. What
/// works here has to work there.
fn check_fields(text: &str) -> Result<(), ScheduleError> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != BOUNDS.len() {
        return Err(ScheduleError::FieldCount { found: fields.len(), text: text.to_owned() });
    }
    for ((field, bounds), names) in fields.into_iter().zip(BOUNDS).zip(NAMES) {
        if !field.split(',').all(|part| is_part(part, bounds, names)) {
            return Err(ScheduleError::Field { field: field.to_owned(), text: text.to_owned() });
        }
    }
    Ok(())
}

/// `*`, `?`, a value or a range, each with a step or without.
fn is_part(part: &str, (least, greatest): (u32, u32), names: &[&str]) -> bool {
    let is_value = |text: &str| {
        names.iter().any(|name| text.eq_ignore_ascii_case(name))
            || number(text).is_some_and(|number| (least..=greatest).contains(&number))
    };
    let (range, step) = part.split_once('/').unwrap_or((part, "1"));
    let is_range = match range.split_once('-') {
        _ if matches!(range, "*" | "?") => true,
        Some((from, to)) => is_value(from) && is_value(to),
        None => is_value(range),
    };
    is_range && number(step).is_some_and(|step| step > 0)
}

fn number(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(schedule: &str, at: &str, expected: &str) {
        let at: DateTime<Utc> = at.parse().expect("a time");
        let expected: DateTime<Utc> = expected.parse().expect("a time");
        let schedule = Schedule::parse(schedule).expect("a schedule");
        assert_eq!(schedule.next_after(at), Some(expected));
    }

    #[test]
    fn every_counts_from_the_tick_before() {
        check("@every 5s", "2027-01-31T09:00:00.750Z", "2027-01-31T09:00:05.750Z");
        check("@every 1h30m", "2027-01-31T23:00:00Z", "2027-02-01T00:30:00Z");
        check("@every 10ms", "2027-01-31T09:00:00Z", "2027-01-31T09:00:01Z");
    }

    #[test]
    fn fields_start_with_seconds_and_read_in_their_zone() {
        check("CRON_TZ=UTC 0 30 9 * * *", "2027-01-31T09:30:00Z", "2027-02-01T09:30:00Z");
        check(
            "TZ=Europe/Berlin 0 30 9 * * MON-FRI",
            "2027-01-29T12:00:00Z",
            "2027-02-01T08:30:00Z",
        );
        check("CRON_TZ=Asia/Karachi @daily", "2027-01-31T09:00:00Z", "2027-01-31T19:00:00Z");
        check("CRON_TZ=UTC */15 * * * * ?", "2027-01-31T09:00:01Z", "2027-01-31T09:00:15Z");
        check("CRON_TZ=UTC 0 0 0 1,15 JUL,dec *", "2027-01-31T09:00:00Z", "2027-07-01T00:00:00Z");
    }

    #[test]
    fn a_day_that_never_comes_is_no_tick() {
        let schedule = Schedule::parse("CRON_TZ=UTC 0 0 0 30 2 *").expect("a schedule");
        assert_eq!(schedule.next_after(DateTime::UNIX_EPOCH), None);
    }

    #[test]
    fn what_dapr_refuses_is_refused() {
        for text in [
            "",
            "often",
            "2h45m",
            "0 9 * * *",
            "0 0 9 * * * *",
            "60 * * * * *",
            "0 0 24 * * *",
            "0 0 0 L * *",
            "0 0 0 15W * *",
            "0 0 0 * * 7",
            "0 0 0 * * 5#2",
            "0 0 0 * * *,",
            "*/0 * * * * *",
            "+1 * * * * *",
            "@every",
            "@every soon",
            "@fortnightly",
            "@Daily",
            "CRON_TZ=Mars/Olympus @daily",
            "CRON_TZ=UTC",
            "CRON_TZ=UTC @every 5s",
        ] {
            assert!(Schedule::parse(text).is_err(), "{text:?}");
        }
    }
}
