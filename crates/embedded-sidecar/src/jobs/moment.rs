//! Points in time as jobs state them: RFC 3339, or a Go or ISO 8601 duration from a start. Pure.

use chrono::{DateTime, Days, Months, TimeDelta, Utc};

use crate::go_duration;

/// Reads a point in time; durations count from `start`. `None` when it is in no known form, or
/// past the end of the calendar.
pub(super) fn parse(text: &str, start: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return whole_millisecond(at.to_utc());
    }
    if let Some(back) = text.strip_prefix('-')
        && let Some(duration) = go_duration::parse(back)
    {
        return start.checked_sub_signed(TimeDelta::from_std(duration).ok()?);
    }
    match go_duration::parse(text) {
        Some(duration) => {
            whole_millisecond(start.checked_add_signed(TimeDelta::from_std(duration).ok()?)?)
        }
        None => after_iso_duration(text, start),
    }
}

/// The first whole millisecond at or after: jobs are kept to the millisecond, and none is early.
pub(super) fn whole_millisecond(at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let whole = DateTime::from_timestamp_millis(at.timestamp_millis())?;
    if whole < at { whole.checked_add_signed(TimeDelta::milliseconds(1)) } else { Some(whole) }
}

/// `P1Y2M3W4DT5H6M7S`, each part optional, whole numbers only. Months and years are the
/// calendar's.
fn after_iso_duration(text: &str, start: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let (date, time) = match text.strip_prefix('P')?.split_once('T') {
        Some((_, "")) => return None,
        Some((date, time)) => (date, time),
        None => (text.strip_prefix('P')?, ""),
    };
    let [years, months, weeks, days] = amounts(date, ['Y', 'M', 'W', 'D'])?;
    let [hours, minutes, seconds] = amounts(time, ['H', 'M', 'S'])?;
    if date.is_empty() && time.is_empty() {
        return None;
    }
    let months = years.checked_mul(12)?.checked_add(months)?;
    let days = u64::from(weeks) * 7 + u64::from(days);
    let seconds = i64::from(hours) * 3_600 + i64::from(minutes) * 60 + i64::from(seconds);
    start
        .checked_add_months(Months::new(months))?
        .checked_add_days(Days::new(days))?
        .checked_add_signed(TimeDelta::try_seconds(seconds)?)
        .and_then(whole_millisecond)
}

/// The number before each letter, in this order; 0 where one is left out.
fn amounts<const N: usize>(text: &str, letters: [char; N]) -> Option<[u32; N]> {
    let (mut amounts, mut rest) = ([0; N], text);
    for (amount, letter) in amounts.iter_mut().zip(letters) {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if let Some(after) = rest[digits..].strip_prefix(letter) {
            *amount = rest[..digits].parse().ok()?;
            rest = after;
        }
    }
    rest.is_empty().then_some(amounts)
}

#[cfg(test)]
mod tests {
    use chrono::SecondsFormat;

    use super::*;

    fn check(text: &str, expected: &str) {
        let start: DateTime<Utc> = "2027-01-31T09:00:00.500Z".parse().expect("a time");
        let at = parse(text, start).map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        assert_eq!(at.as_deref(), Some(expected), "{text}");
    }

    #[test]
    fn a_time_is_itself_and_never_a_moment_early() {
        check("2027-02-01T10:00:00+02:00", "2027-02-01T08:00:00Z");
        check("2027-02-01T10:00:00.1234Z", "2027-02-01T10:00:00.124Z");
    }

    #[test]
    fn a_go_duration_counts_from_the_start_and_may_lie_in_the_past() {
        check("1h30m", "2027-01-31T10:30:00.500Z");
        check("250ms", "2027-01-31T09:00:00.750Z");
        check("0s", "2027-01-31T09:00:00.500Z");
        check("-1s", "2027-01-31T08:59:59.500Z");
    }

    #[test]
    fn an_iso_duration_goes_by_the_calendar() {
        check("P1D", "2027-02-01T09:00:00.500Z");
        check("P1M", "2027-02-28T09:00:00.500Z");
        check("P1Y1W", "2028-02-07T09:00:00.500Z");
        check("PT1H1M1S", "2027-01-31T10:01:01.500Z");
        check("P1DT12H", "2027-02-01T21:00:00.500Z");
    }

    #[test]
    fn what_is_in_no_form_is_refused() {
        let start = DateTime::UNIX_EPOCH;
        let forms =
            ["", "P", "PT", "P1", "1D", "P1H", "P1D1Y", "R3/PT1M", "P1.5D", "tomorrow", "-"];
        for text in forms.into_iter().chain(["1767225600000", "P99999999Y", "2027-01-31"]) {
            assert_eq!(parse(text, start), None, "{text:?}");
        }
    }
}
