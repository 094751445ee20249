//! Periods of the calendar by number: the arithmetic that reaches any day of a series in one step,
//! however long ago the series began. Knows nothing of time zones.

use chrono::{Datelike, NaiveDate, Weekday};

use super::day_pattern::DayPattern;
use super::rule::{Frequency, LAST_YEAR, Rule};

const DAYS_OF_WEEK: i32 = 7;
const MONTHS_OF_YEAR: i32 = 12;

/// After 400 years the Gregorian calendar repeats itself, weekdays included: a rule that finds no
/// day in as many periods has none, ever (30 Feb).
const CYCLE_YEARS: i32 = 400;
const CYCLE_DAYS: i32 = 146_097;

/// The days a rule chooses, from `earliest` on, never before the anchor; one calendar cycle of
/// periods is looked at.
pub(super) fn days_from(
    rule: &Rule,
    anchor: NaiveDate,
    earliest: NaiveDate,
) -> impl Iterator<Item = NaiveDate> {
    let pattern = DayPattern::new(rule, anchor);
    let periods = Periods { frequency: rule.frequency, week_start: rule.week_start };
    let earliest = earliest.max(anchor);
    let interval = rule.interval.cast_signed();
    let origin = periods.number_of(anchor);
    let passed = (periods.number_of(earliest) - origin) / interval;
    (0..=periods.in_cycle())
        .map(move |step| origin + (passed + step) * interval)
        .map_while(move |number| periods.days_of(number))
        // Not in the last year itself: where it is evening, UTC may have begun the next.
        .take_while(|(first, _)| first.year() < LAST_YEAR)
        .flat_map(move |(first, last)| pattern.days_between(first, last))
        .filter(move |day| *day >= earliest)
}

/// Numbers the days, weeks, months or years of the calendar.
#[derive(Clone, Copy)]
struct Periods {
    frequency: Frequency,
    week_start: Weekday,
}

impl Periods {
    fn number_of(self, day: NaiveDate) -> i32 {
        match self.frequency {
            Frequency::Daily => day.num_days_from_ce(),
            Frequency::Weekly => {
                (day.num_days_from_ce() - self.first_week_start()).div_euclid(DAYS_OF_WEEK)
            }
            Frequency::Monthly => day.year() * MONTHS_OF_YEAR + day.month0().cast_signed(),
            Frequency::Yearly => day.year(),
        }
    }

    /// The first and the last day of a period; `None` outside the calendar.
    fn days_of(self, number: i32) -> Option<(NaiveDate, NaiveDate)> {
        match self.frequency {
            Frequency::Daily => NaiveDate::from_num_days_from_ce_opt(number).map(|day| (day, day)),
            Frequency::Weekly => {
                let first = number * DAYS_OF_WEEK + self.first_week_start();
                let last = first + DAYS_OF_WEEK - 1;
                NaiveDate::from_num_days_from_ce_opt(first)
                    .zip(NaiveDate::from_num_days_from_ce_opt(last))
            }
            Frequency::Monthly => {
                let month = number.rem_euclid(MONTHS_OF_YEAR).cast_unsigned() + 1;
                let first = NaiveDate::from_ymd_opt(number.div_euclid(MONTHS_OF_YEAR), month, 1)?;
                Some((first, first.with_day(u32::from(first.num_days_in_month()))?))
            }
            Frequency::Yearly => {
                NaiveDate::from_ymd_opt(number, 1, 1).zip(NaiveDate::from_ymd_opt(number, 12, 31))
            }
        }
    }

    fn in_cycle(self) -> i32 {
        match self.frequency {
            Frequency::Daily => CYCLE_DAYS,
            Frequency::Weekly => CYCLE_DAYS / DAYS_OF_WEEK,
            Frequency::Monthly => CYCLE_YEARS * MONTHS_OF_YEAR,
            Frequency::Yearly => CYCLE_YEARS,
        }
    }

    /// Day 1 of the common era was a Monday.
    fn first_week_start(self) -> i32 {
        1 + self.week_start.num_days_from_monday().cast_signed()
    }
}
