//! Dates and wall clocks of a zone as instants, and back where that loses nothing.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::fault::Problem;
use crate::instant::YEARS;

/// No zone's clocks ever jumped further in one night than over a whole day.
const GAP_HOURS_MAX: i64 = 24;

pub(crate) const DATE_EXPECTED: &str = "a date such as 2027-03-22";

/// A task that is due on a day without a time is in time until that day ends.
pub(crate) fn end_of_day() -> NaiveTime {
    NaiveTime::from_hms_opt(23, 59, 0).unwrap_or_default()
}

/// When somebody begins to look after what a day brings.
pub(crate) fn morning() -> NaiveTime {
    NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default()
}

pub(crate) fn date(text: &str) -> Result<NaiveDate, Problem> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        // chrono also takes spellings with fewer digits.
        .filter(|date| text.len() == 10 && YEARS.contains(&date.year()))
        .ok_or_else(|| Problem::unreadable(text, DATE_EXPECTED))
}

/// A time that comes twice is the first one; one that clocks leave out is the time right after it
/// on the clock of before.
pub(crate) fn instant(local: NaiveDateTime, tz: Tz) -> DateTime<Utc> {
    let found = |local: &NaiveDateTime| tz.from_local_datetime(local).earliest();
    let before_gap = || {
        (1..=GAP_HOURS_MAX).find_map(|hours| {
            let back = Duration::hours(hours);
            found(&(local - back)).map(|at| at + back)
        })
    };
    found(&local).or_else(before_gap).map_or_else(|| local.and_utc(), |at| at.to_utc())
}

/// The wall clock of an instant, if it names no other instant and nothing finer than seconds.
pub(crate) fn exact(at: DateTime<Utc>, tz: Tz) -> Option<NaiveDateTime> {
    let local = at.with_timezone(&tz).naive_local();
    (instant(local, tz) == at && at.timestamp_subsec_nanos() == 0).then_some(local)
}
