//! One rule, drawn at random, and how it is put to an engine that reads RFC 5545 to the letter.
//!
//! Where task rules are read otherwise, or that engine departs from the RFC, the question says the
//! same days in a form that both read alike:
//! - a monthly or yearly rule that names no day is asked in its portable form, which spells out the
//!   last day of shorter months;
//! - `BYDAY=MO,2TU` is asked as `1MO,2MO,…,2TU`, because the engine joins numbered and plain
//!   weekdays by "and";
//! - a weekly rule with BYSETPOS starts with its week, because the engine numbers in the first week
//!   only the days from DTSTART on.
//!
//! Left out is COUNT where a zone skipped a whole day: two days of the rule then share one instant,
//! which the engine counts twice.

use std::ops::RangeInclusive;

use chrono::{
    DateTime, Datelike, Days, Duration, NaiveDate, NaiveDateTime, TimeZone, Utc, Weekday,
};
use chrono_tz::{TZ_VARIANTS, Tz};
use task_domain::recurrence::Frequency;
use task_domain::{Basis, Recurrence, Rule};

use crate::draws::{Drawn, Draws};

/// Occurrences compared of each rule.
pub(crate) const TAKE: usize = 8;

/// Every zone's clocks are well known since 1970.
const START_YEAR_FIRST: i32 = 1970;
const START_YEARS: u32 = 95;

/// chrono-tz knows clock changes up to the end of 2099.
const HORIZON_YEAR_LAST: i32 = 2098;

/// Half of all rules are asked where clocks change at midnight, by half an hour or by a whole day,
/// for a Ramadan, in winter, or not at all.
const REMARKABLE_ZONES: [Tz; 12] = [
    Tz::Africa__Cairo,
    Tz::Africa__Casablanca,
    Tz::America__New_York,
    Tz::America__Sao_Paulo,
    Tz::America__St_Johns,
    Tz::Asia__Karachi,
    Tz::Asia__Kathmandu,
    Tz::Asia__Tehran,
    Tz::Australia__Lord_Howe,
    Tz::Europe__Berlin,
    Tz::Europe__Dublin,
    Tz::Pacific__Apia,
];

/// Times in and around the hours that clocks leave out or repeat.
const REMARKABLE_TIMES: [(u32, u32); 8] =
    [(0, 0), (0, 30), (1, 0), (1, 45), (2, 15), (2, 30), (3, 0), (23, 59)];

/// Days that some zone has skipped since 1970, by its own calendar.
const SKIPPED_DAYS: [(i32, u32, u32); 4] =
    [(1993, 8, 21), (1994, 12, 31), (1995, 1, 1), (2011, 12, 30)];

pub(crate) struct Question {
    pub(crate) recurrence: Recurrence,
    pub(crate) tz: Tz,
    /// What comes after it is not compared.
    pub(crate) horizon: DateTime<Utc>,
}

impl Question {
    pub(crate) fn draw(draws: &mut Draws) -> Question {
        let drawn = draws.rule();
        let remarkable = draws.one_in(2);
        let tz = draws.pick(if remarkable { &REMARKABLE_ZONES } else { &TZ_VARIANTS[..] });
        let anchor = anchor(draws, &drawn);
        let horizon = horizon(&drawn, anchor);
        let text = format!("{}{}", drawn.text, end(draws, anchor, horizon, tz));
        let rule = Rule::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        Question { recurrence: Recurrence { rule, basis: Basis::Due, anchor }, tz, horizon }
    }

    /// The line that the engine reads.
    pub(crate) fn line(&self) -> String {
        let Recurrence { rule, anchor, .. } = &self.recurrence;
        let asked = all_numbered(&rule.portable(*anchor).to_string());
        let start = anchor.format("%Y%m%dT%H%M%S");
        let horizon = self.horizon.format("%Y%m%dT%H%M%SZ");
        format!("{asked}\t{start}\t{}\t{horizon}\t{TAKE}", self.tz)
    }
}

fn anchor(draws: &mut Draws, drawn: &Drawn) -> NaiveDateTime {
    let first = NaiveDate::from_ymd_opt(START_YEAR_FIRST, 1, 1).expect("a day");
    let day = first + Days::new(u64::from(draws.below(START_YEARS * 365)));
    let last_of_month = u32::from(day.num_days_in_month());
    let day =
        if draws.one_in(4) { day.with_day(last_of_month).expect("its last day") } else { day };
    let day = if drawn.frequency == Frequency::Weekly && drawn.chooses_positions {
        first_of_week(day, drawn.week_start)
    } else {
        day
    };
    let remarkable = draws.pick(&REMARKABLE_TIMES);
    let (hour, minute) =
        if draws.one_in(2) { remarkable } else { (draws.below(24), draws.below(60)) };
    day.and_hms_opt(hour, minute, 0).expect("a time")
}

fn first_of_week(day: NaiveDate, week_start: Weekday) -> NaiveDate {
    day - Days::new(u64::from(day.weekday().days_since(week_start)))
}

/// The engine tries every period up to the horizon, so it bounds the time of rules that have few
/// days or none.
fn horizon(drawn: &Drawn, anchor: NaiveDateTime) -> DateTime<Utc> {
    let days = match drawn.frequency {
        Frequency::Daily => 450,
        Frequency::Weekly => 7 * 110,
        Frequency::Monthly => 31 * 60,
        Frequency::Yearly => 366 * 13,
    };
    let last = NaiveDate::from_ymd_opt(HORIZON_YEAR_LAST, 1, 1).expect("a day");
    let horizon = anchor + Duration::days(days * i64::from(drawn.interval));
    horizon.min(last.and_time(anchor.time())).and_utc()
}

/// Nothing, a COUNT, or an UNTIL that is often an instant of the series itself.
fn end(draws: &mut Draws, anchor: NaiveDateTime, horizon: DateTime<Utc>, tz: Tz) -> String {
    let days = i64::from(draws.below(400)).min((horizon - anchor.and_utc()).num_days() - 2);
    let local = anchor + Duration::days(days);
    let until = tz.from_local_datetime(&local).earliest().map_or(local, |at| at.naive_utc());
    let off = if draws.one_in(2) { 0 } else { i64::from(draws.below(24)) - 12 };
    match draws.below(5) {
        0 if !skips_a_day(tz, anchor.date()..=horizon.date_naive()) => {
            format!(";COUNT={}", 1 + draws.below(10))
        }
        1 => format!(";UNTIL={}", (until + Duration::hours(off)).format("%Y%m%dT%H%M%SZ")),
        _ => String::new(),
    }
}

fn skips_a_day(tz: Tz, span: RangeInclusive<NaiveDate>) -> bool {
    SKIPPED_DAYS.into_iter().any(|(year, month, day)| {
        let day = NaiveDate::from_ymd_opt(year, month, day).expect("a day");
        let noon = day.and_hms_opt(12, 0, 0).expect("a time");
        span.contains(&day) && tz.from_local_datetime(&noon).earliest().is_none()
    })
}

/// The rule with its plain weekdays numbered where others are: `MO,2TU` as `1MO,2MO,…,5MO,2TU`.
fn all_numbered(rule: &str) -> String {
    let is_numbered = |weekday: &str| weekday.len() > 2;
    let nth_max = if rule.contains("FREQ=MONTHLY") || rule.contains("BYMONTH=") { 5 } else { 53 };
    let numbered = |list: &str| {
        let all = list.split(',').flat_map(|weekday| match is_numbered(weekday) {
            true => vec![weekday.to_owned()],
            false => (1..=nth_max).map(|nth| format!("{nth}{weekday}")).collect(),
        });
        all.collect::<Vec<_>>().join(",")
    };
    let parts = rule.split(';').map(|part| match part.strip_prefix("BYDAY=") {
        Some(list) if list.split(',').any(is_numbered) => format!("BYDAY={}", numbered(list)),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join(";")
}
