//! VTIMEZONE: the clock changes of a zone, for programs that do not know it by its name.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, FixedOffset, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::{OffsetComponents, OffsetName, Tz};

use super::moment;
use super::output::property;

/// The years whose changes are told. Tasks are due in these; outside of them the zone's name, which
/// is the IANA one, says it all.
const FIRST_YEAR: i32 = 2020;
const LAST_YEAR: i32 = 2040;

/// A kind of clock change: the offsets before and after it, and what the time is called then.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    from_s: i32,
    to_s: i32,
    name: String,
    is_daylight: bool,
}

pub(super) fn describe(tz: Tz, out: &mut String) {
    property("BEGIN", "", "VTIMEZONE", out);
    property("TZID", "", tz.name(), out);
    for (change, onsets) in changes(tz) {
        let component = if change.is_daylight { "DAYLIGHT" } else { "STANDARD" };
        property("BEGIN", "", component, out);
        let mut onsets = onsets.into_iter().map(moment::write_local);
        property("DTSTART", "", &onsets.next().unwrap_or_default(), out);
        let others: Vec<String> = onsets.collect();
        if !others.is_empty() {
            property("RDATE", "", &others.join(","), out);
        }
        property("TZOFFSETFROM", "", &offset(change.from_s), out);
        property("TZOFFSETTO", "", &offset(change.to_s), out);
        property("TZNAME", "", &change.name, out);
        property("END", "", component, out);
    }
    property("END", "", "VTIMEZONE", out);
}

/// Every change with the wall clocks (of before it) at which it happens.
fn changes(tz: Tz) -> BTreeMap<Change, Vec<NaiveDateTime>> {
    let mut changes: BTreeMap<Change, Vec<NaiveDateTime>> = BTreeMap::new();
    let (Some(mut day), Some(end)) = (new_year(FIRST_YEAR), new_year(LAST_YEAR + 1)) else {
        return changes;
    };
    let mut note = |before_s: i32, at: DateTime<Utc>| {
        let offset = tz.offset_from_utc_datetime(&at.naive_utc());
        let change = Change {
            from_s: before_s,
            to_s: seconds(tz, at),
            name: offset.abbreviation().unwrap_or(tz.name()).to_owned(),
            is_daylight: !offset.dst_offset().is_zero(),
        };
        let onset = at.naive_utc() + Duration::seconds(before_s.into());
        changes.entry(change).or_default().push(onset);
    };
    note(seconds(tz, day), day);
    while day < end {
        let next = day + Duration::days(1);
        if seconds(tz, day) != seconds(tz, next) {
            note(seconds(tz, day), first_of(tz, day, next));
        }
        day = next;
    }
    changes
}

/// The first second with the offset of `after`.
fn first_of(tz: Tz, before: DateTime<Utc>, after: DateTime<Utc>) -> DateTime<Utc> {
    let (mut low, mut high) = (before.timestamp(), after.timestamp());
    let wanted = seconds(tz, after);
    while low + 1 < high {
        let middle = low.midpoint(high);
        let at = DateTime::from_timestamp(middle, 0).unwrap_or(after);
        if seconds(tz, at) == wanted { high = middle } else { low = middle }
    }
    DateTime::from_timestamp(high, 0).unwrap_or(after)
}

fn new_year(year: i32) -> Option<DateTime<Utc>> {
    Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single()
}

fn seconds(tz: Tz, at: DateTime<Utc>) -> i32 {
    let fixed: FixedOffset = tz.offset_from_utc_datetime(&at.naive_utc()).fix();
    fixed.local_minus_utc()
}

/// `+0130`, `-0300`.
fn offset(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}
