//! `bindings.cron`: when it is due. Pure; the machine's time zone is an argument.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, TimeZone, Timelike};
use croner::Cron;
use croner::parser::{CronParser, Seconds};

use crate::go_duration;

/// A schedule in one of the forms Dapr's cron binding takes.
#[derive(Clone, Debug)]
pub(crate) enum Schedule {
    /// `@every 5s`: that long after the tick before, on whole seconds.
    Every(Duration),
    /// Five or six fields (the first of six are seconds), or a word such as `@hourly`.
    Cron(Box<Cron>),
}

/// A cron expression never gets finer than this.
const RESOLUTION: Duration = Duration::from_secs(1);

impl Schedule {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Some(interval) = text.strip_prefix("@every ") {
            let interval = go_duration::parse(interval.trim())?.max(RESOLUTION);
            return Some(Self::Every(Duration::from_secs(interval.as_secs())));
        }
        let parser = CronParser::builder().seconds(Seconds::Optional).build();
        parser.parse(text).ok().map(|cron| Self::Cron(Box::new(cron)))
    }

    /// The first tick after `now`; `None` when there is none any more.
    pub(crate) fn next_after<Z: TimeZone>(&self, now: &DateTime<Z>) -> Option<DateTime<Z>> {
        match self {
            Self::Every(interval) => {
                let whole = now.clone().with_nanosecond(0)?;
                whole.checked_add_signed(TimeDelta::from_std(*interval).ok()?)
            }
            Self::Cron(cron) => cron.find_next_occurrence(now, false).ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;

    fn check(schedule: &str, now: &str, expected: &str) {
        let now: DateTime<Utc> = now.parse().expect("a time");
        let schedule = Schedule::parse(schedule).expect("a schedule");
        let next = schedule.next_after(&now).expect("a next tick");
        assert_eq!(next.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true), expected);
    }

    #[test]
    fn every_counts_from_the_whole_second() {
        check("@every 5s", "2027-01-31T09:00:00.750Z", "2027-01-31T09:00:05Z");
        check("@every 1m30s", "2027-01-31T23:59:00Z", "2027-02-01T00:00:30Z");
    }

    #[test]
    fn every_is_never_finer_than_a_second() {
        check("@every 10ms", "2027-01-31T09:00:00Z", "2027-01-31T09:00:01Z");
    }

    #[test]
    fn six_fields_start_with_seconds_and_five_do_not() {
        check("*/15 * * * * *", "2027-01-31T09:00:01Z", "2027-01-31T09:00:15Z");
        check("30 9 * * *", "2027-01-31T09:30:00Z", "2027-02-01T09:30:00Z");
        check("@hourly", "2027-01-31T09:00:01Z", "2027-01-31T10:00:00Z");
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for text in ["", "@every", "@every 5", "61 * * * * *", "often"] {
            assert!(Schedule::parse(text).is_none(), "{text:?}");
        }
    }
}
