//! Portable rules against the `rrule` crate, in zones that change their clocks and zones that
//! don't.
//!
//! Where that engine is known to read the RFC otherwise, rules are kept away from the difference:
//! it joins numbered and plain weekdays of one BYDAY by "and", it refuses the fifth weekday of a
//! month and the 53rd of a year counted from the end, it lets BYSETPOS of a weekly rule number only
//! the part of the first week that follows DTSTART, it takes no DTSTART that clocks left out or
//! showed twice, and it drops a day whose midnight does not exist or comes twice when the
//! occurrence itself needs resolving.

use chrono::{Datelike, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use rrule::RRuleSet;
use task_domain::{Basis, Ordinal, Recurrence, recurrence};

use crate::naive::{Freq, Parts};
use crate::random_rules::{Draws, rules_wanted};
use crate::support::rule;

const RULES_OF_EACH_FREQUENCY: usize = 100;

const COMPARED: usize = 12;

const ZONES: [Tz; 6] = [
    Tz::UTC,
    Tz::Europe__Berlin,
    Tz::America__New_York,
    Tz::Asia__Karachi,
    Tz::Australia__Lord_Howe,
    Tz::Asia__Kathmandu,
];

/// Times in and around the hours that clocks leave out or repeat.
const TIMES: [(u32, u32); 6] = [(9, 0), (0, 30), (1, 45), (2, 15), (2, 30), (23, 59)];

fn both_read_alike(parts: &Parts) -> bool {
    let numbered = parts.weekdays.iter().filter(|(nth, _)| *nth != 0).count();
    let refused = match parts.freq {
        Freq::Yearly => -53,
        Freq::Daily | Freq::Weekly | Freq::Monthly => -5,
    };
    (numbered == 0 || numbered == parts.weekdays.len())
        && parts.weekdays.iter().all(|(nth, _)| *nth != refused)
}

/// The first day of the week of `start`, where both engines see the same first week.
fn week_start(parts: &Parts, start: NaiveDate) -> NaiveDate {
    let weekday = start.weekday().num_days_from_monday() as usize;
    start - Days::new(((weekday + 7 - parts.week_start) % 7) as u64)
}

#[track_caller]
fn check(parts: &Parts, start: NaiveDate, time: NaiveTime, tz: Tz) {
    let anchor = start.and_time(time);
    let ours = Recurrence { rule: rule(&parts.text()), basis: Basis::Due, anchor };
    let portable = ours.rule.portable(anchor);
    let text = format!("DTSTART;TZID={tz}:{}\nRRULE:{portable}", anchor.format("%Y%m%dT%H%M%S"));
    let theirs: RRuleSet = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
    let theirs = theirs.limit();

    let mut after = start.and_time(NaiveTime::MIN).and_utc() - Days::new(1);
    for at in theirs.into_iter().take(COMPARED) {
        let expected = at.with_timezone(&Utc);
        let found = recurrence::next_after(&ours, tz, after);
        assert_eq!(found, Some(expected), "{} as\n{text}", parts.text());
        after = expected;
    }
}

fn sweep(freq: Freq) {
    let mut draws = Draws::seeded(100 + freq as u64);
    let mut compared = 0;
    while compared < rules_wanted(RULES_OF_EACH_FREQUENCY) {
        let parts = draws.rule(freq);
        let mut start = draws.start();
        if freq == Freq::Weekly && !parts.set_positions.is_empty() {
            start = week_start(&parts, start);
        }
        let (hour, minute) = draws.pick(&TIMES);
        let time = NaiveTime::from_hms_opt(hour, minute, 0).expect("a time");
        let tz = draws.pick(&ZONES);
        let starts_on_one_instant = start.and_time(time).and_local_timezone(tz).single().is_some();
        if both_read_alike(&parts) && starts_on_one_instant {
            check(&parts, start, time, tz);
            compared += 1;
        }
    }
}

#[test]
fn daily_rules_agree_with_the_other_engine() {
    sweep(Freq::Daily);
}

#[test]
fn weekly_rules_agree_with_the_other_engine() {
    sweep(Freq::Weekly);
}

#[test]
fn monthly_rules_agree_with_the_other_engine() {
    sweep(Freq::Monthly);
}

#[test]
fn yearly_rules_agree_with_the_other_engine() {
    sweep(Freq::Yearly);
}

#[test]
fn a_series_has_the_instances_the_other_engine_counts() {
    let rule = rule("FREQ=MONTHLY;COUNT=30;BYDAY=-1FR");
    let anchor = crate::support::wall("2027-01-29 09:00");
    let ours = Recurrence { rule: rule.clone(), basis: Basis::Due, anchor };
    let tz = Tz::Europe__Berlin;
    let due_at = anchor.and_local_timezone(tz).unwrap().to_utc();
    let found: Vec<_> = recurrence::occurrences(&ours, tz, due_at, Ordinal::FIRST).collect();
    let text = format!("DTSTART;TZID={tz}:20270129T090000\nRRULE:{rule}");
    let theirs: RRuleSet = text.parse().expect("a rule");
    let expected: Vec<_> = theirs.into_iter().map(|at| at.with_timezone(&Utc)).collect();
    assert_eq!(found, expected);
}
