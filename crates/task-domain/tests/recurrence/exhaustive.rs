//! Every small rule, and very many larger ones, against the naive reading.

use std::sync::LazyLock;

use chrono::{Duration, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use task_domain::{Basis, Recurrence, Rule, recurrence};

use crate::naive::{Calendar, Freq, Parts};
use crate::random_rules::{Draws, rules_wanted};
use crate::support::{date, rule};

/// 20 000 rules in all; years take longest to walk. `RECURRENCE_RULES` sets another number for
/// each frequency, for a longer search.
const DAILY_RULES: usize = 6_000;
const WEEKLY_RULES: usize = 7_000;
const MONTHLY_RULES: usize = 4_500;
const YEARLY_RULES: usize = 2_500;

/// Compared from the start; what comes later is reached by jumps.
const IN_SEQUENCE_MAX: usize = 6;

const JUMPS: usize = 2;

static CALENDAR: LazyLock<Calendar> = LazyLock::new(Calendar::new);

#[track_caller]
fn check(parts: &Parts, start: NaiveDate, draws: &mut Draws) {
    let years = match parts.freq {
        Freq::Daily => 1,
        Freq::Weekly => 2,
        Freq::Monthly => 4,
        Freq::Yearly => 9,
    };
    let expected = CALENDAR.expand(parts, start, years);
    let text = parts.text();
    let anchor = start.and_time(NaiveTime::MIN);
    let recurrence = Recurrence { rule: rule(&text), basis: Basis::Due, anchor };
    let next = |after: NaiveDate| {
        let last_moment = after.and_time(NaiveTime::MIN).and_utc();
        recurrence::next_after(&recurrence, Tz::UTC, last_moment).map(|at| at.date_naive())
    };

    let mut after = start - Duration::days(1);
    for (index, day) in expected.iter().take(IN_SEQUENCE_MAX).enumerate() {
        assert_eq!(next(after), Some(*day), "occurrence {} of {text} from {start}", index + 1);
        after = *day;
    }
    for _ in 0..JUMPS {
        let Some(last) = expected.last() else { break };
        let span = (*last - start).num_days() as usize;
        let after = start + Duration::days(draws.below(span + 1) as i64 - 1);
        let index = expected.partition_point(|day| *day <= after);
        assert_eq!(next(after), Some(expected[index]), "{text} from {start}, after {after}");
    }
}

fn sweep(freq: Freq, rules: usize) {
    let mut draws = Draws::seeded(freq as u64);
    for _ in 0..rules_wanted(rules) {
        let parts = draws.rule(freq);
        let start = draws.start();
        check(&parts, start, &mut draws);
    }
}

#[test]
fn random_daily_rules_agree_with_the_naive_reading() {
    sweep(Freq::Daily, DAILY_RULES);
}

#[test]
fn random_weekly_rules_agree_with_the_naive_reading() {
    sweep(Freq::Weekly, WEEKLY_RULES);
}

#[test]
fn random_monthly_rules_agree_with_the_naive_reading() {
    sweep(Freq::Monthly, MONTHLY_RULES);
}

#[test]
fn random_yearly_rules_agree_with_the_naive_reading() {
    sweep(Freq::Yearly, YEARLY_RULES);
}

const STARTS: [&str; 3] = ["2019-01-31", "2020-02-29", "2021-06-15"];

/// All rules of one part beside FREQ and INTERVAL.
fn check_single(make: impl Fn(&mut Parts), freqs: &[Freq], intervals: usize) {
    let mut draws = Draws::seeded(5);
    for freq in freqs {
        for interval in 1..=intervals {
            for start in STARTS {
                let mut parts = Parts::every(*freq);
                parts.interval = interval;
                make(&mut parts);
                check(&parts, date(start), &mut draws);
            }
        }
    }
}

const ALL: [Freq; 4] = [Freq::Daily, Freq::Weekly, Freq::Monthly, Freq::Yearly];
const WITH_MONTH_DAYS: [Freq; 3] = [Freq::Daily, Freq::Monthly, Freq::Yearly];
const WITH_NUMBERS: [Freq; 2] = [Freq::Monthly, Freq::Yearly];

#[test]
fn every_interval_agrees_with_the_naive_reading() {
    check_single(|_| {}, &ALL, 30);
}

#[test]
fn every_month_agrees_with_the_naive_reading() {
    for month in 1..=12 {
        check_single(|parts| parts.months = vec![month], &ALL, 2);
    }
}

#[test]
fn every_month_day_agrees_with_the_naive_reading() {
    for day in (1..=31).flat_map(|day| [day, -day]) {
        check_single(|parts| parts.month_days = vec![day], &WITH_MONTH_DAYS, 2);
    }
}

#[test]
fn every_weekday_agrees_with_the_naive_reading() {
    for weekday in 0..7 {
        for week_start in 0..7 {
            let make = |parts: &mut Parts| {
                parts.weekdays = vec![(0, weekday)];
                parts.week_start = week_start;
            };
            check_single(make, &[Freq::Weekly], 3);
        }
        check_single(|parts| parts.weekdays = vec![(0, weekday)], &ALL, 2);
    }
}

#[test]
fn every_numbered_weekday_agrees_with_the_naive_reading() {
    for nth in (1..=5).flat_map(|nth| [nth, -nth]) {
        for weekday in 0..7 {
            check_single(|parts| parts.weekdays = vec![(nth, weekday)], &WITH_NUMBERS, 2);
        }
    }
    for nth in (6..=53).flat_map(|nth| [nth, -nth]) {
        check_single(|parts| parts.weekdays = vec![(nth, 3)], &[Freq::Yearly], 1);
    }
}

#[test]
fn every_position_among_workdays_agrees_with_the_naive_reading() {
    for position in (1..=23).flat_map(|position| [position, -position]) {
        let make = |parts: &mut Parts| {
            parts.weekdays = (0..5).map(|weekday| (0, weekday)).collect();
            parts.set_positions = vec![position];
        };
        check_single(make, &ALL[1..], 2);
    }
}

#[test]
fn rules_that_differ_only_in_order_and_repeats_are_equal() {
    let messy = "wkst=mo;byday=FR,MO,FR,-1SU,2SU;interval=1;bymonthday=-1,15,1,15;freq=monthly";
    let tidy = "FREQ=MONTHLY;BYMONTHDAY=1,15,-1;BYDAY=MO,FR,2SU,-1SU";
    assert_eq!(Rule::parse(messy), Rule::parse(tidy));
    assert_eq!(rule(messy).to_string(), tidy);
}
