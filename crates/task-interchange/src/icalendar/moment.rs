//! Dates and times as iCalendar writes them: in UTC, on the wall clock of a zone, or without a
//! time.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;

use super::content_line::Property;
use super::own;
use crate::fault::Problem;
use crate::local_time::{self, end_of_day};

const EXPECTED: &str = "a date such as 20270322, or a time such as 20270322T090000Z";

const LOCAL_FORMAT: &str = "%Y%m%dT%H%M%S";

/// The instant of a property; `timezone` is that of a wall clock whose zone is not named.
pub(super) fn instant(property: &Property, timezone: Tz) -> Result<DateTime<Utc>, Problem> {
    let timezone = zone(property)?.unwrap_or(timezone);
    let milliseconds = property.parameter(own::MILLISECONDS).and_then(|text| text.parse().ok());
    let at = at(&property.value, timezone, end_of_day())?;
    Ok(at + Duration::milliseconds(milliseconds.filter(|ms| *ms < 1_000).unwrap_or(0_u32).into()))
}

/// The zone that a property names.
pub(super) fn zone(property: &Property) -> Result<Option<Tz>, Problem> {
    let Some(name) = property.parameter("TZID") else { return Ok(None) };
    // Some programs put their own names before the zone's: /freeassociation.sf.net/Europe/Berlin.
    let tails = name.char_indices().filter(|(_, c)| *c == '/').map(|(at, _)| &name[at + 1..]);
    let found = std::iter::once(name).chain(tails).find_map(|name| name.parse().ok());
    let expected = "a zone of the IANA database, such as Europe/Berlin";
    found.map(Some).ok_or_else(|| Problem::unreadable(name, expected))
}

/// A value by itself; a date alone is at `time` of that day.
pub(super) fn at(value: &str, timezone: Tz, time: NaiveTime) -> Result<DateTime<Utc>, Problem> {
    let value = value.trim();
    let fault = || Problem::unreadable(value, EXPECTED);
    if value.len() == 8 {
        let date = NaiveDate::parse_from_str(value, "%Y%m%d").map_err(|_| fault())?;
        return Ok(local_time::instant(date.and_time(time), timezone));
    }
    let (local, is_utc) = match value.strip_suffix('Z') {
        Some(local) => (local, true),
        None => (value, false),
    };
    let local = NaiveDateTime::parse_from_str(local, LOCAL_FORMAT)
        .ok()
        .filter(|at| at.format(LOCAL_FORMAT).to_string() == local)
        .ok_or_else(fault)?;
    Ok(if is_utc { local.and_utc() } else { local_time::instant(local, timezone) })
}

/// `20270322T080000Z`, and the parameter for what is finer than seconds.
pub(super) fn write_utc(at: DateTime<Utc>) -> (String, String) {
    let parameter = match at.timestamp_subsec_millis() {
        0 => String::new(),
        milliseconds => format!(";{}={milliseconds}", own::MILLISECONDS),
    };
    (parameter, format!("{}Z", write_local(at.naive_utc())))
}

pub(super) fn write_local(local: NaiveDateTime) -> String {
    local.format(LOCAL_FORMAT).to_string()
}
