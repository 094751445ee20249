//! Which days of a period a rule means. RFC 5545 lets a rule leave things to DTSTART; here nothing
//! is left open any more, and a day either fits or not. Neither time nor interval matters here.

use chrono::{Datelike, Days, NaiveDate};

use super::rule::{Frequency, NthWeekday, Rule};
use super::set_position;

/// A rule's parts with those that it leaves to its anchor filled in.
pub(super) struct DayPattern<'r> {
    /// Empty: every month.
    months: Vec<u32>,
    days: MonthDays<'r>,
    /// Empty: every weekday.
    weekdays: Vec<NthWeekday>,
    nth_within: NthWithin,
    set_positions: &'r [i32],
}

enum MonthDays<'r> {
    Any,
    /// Positive from the month's start, negative from its end.
    Listed(&'r [i32]),
    /// This day, or the last day of a shorter month.
    Clamped(u32),
}

enum NthWithin {
    Month,
    Year,
}

impl<'r> DayPattern<'r> {
    pub(super) fn new(rule: &'r Rule, anchor: NaiveDate) -> Self {
        let names_no_day = rule.month_days.is_empty() && rule.weekdays.is_empty();
        let mut months = rule.months.clone();
        let mut days = match rule.month_days.as_slice() {
            [] => MonthDays::Any,
            listed => MonthDays::Listed(listed),
        };
        let mut weekdays = rule.weekdays.clone();
        match rule.frequency {
            Frequency::Weekly if names_no_day => {
                weekdays.push(NthWeekday { nth: None, weekday: anchor.weekday() });
            }
            Frequency::Monthly if names_no_day => days = MonthDays::Clamped(anchor.day()),
            Frequency::Yearly if names_no_day => {
                days = MonthDays::Clamped(anchor.day());
                if months.is_empty() {
                    months.push(anchor.month());
                }
            }
            _ => {}
        }
        // A year's weekdays are numbered through the year, unless the rule names months.
        let nth_within = match rule.frequency {
            Frequency::Yearly if rule.months.is_empty() => NthWithin::Year,
            _ => NthWithin::Month,
        };
        DayPattern { months, days, weekdays, nth_within, set_positions: &rule.set_positions }
    }

    /// The days from `first` to `last`, which are a whole period, that the rule means; in order.
    pub(super) fn days_between(&self, first: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
        let mut days = Vec::new();
        let mut next = Some(first);
        while let Some(day) = next.filter(|day| *day <= last) {
            next = if self.has_month(day) {
                if self.has_day(day) && self.has_weekday(day) {
                    days.push(day);
                }
                day.succ_opt()
            } else {
                last_of_month(day).succ_opt()
            };
        }
        // BYSETPOS comes last: it numbers what all other parts have left of the period.
        set_position::chosen(&days, self.set_positions)
    }

    fn has_month(&self, day: NaiveDate) -> bool {
        self.months.is_empty() || self.months.contains(&day.month())
    }

    fn has_day(&self, day: NaiveDate) -> bool {
        let length = u32::from(day.num_days_in_month());
        match self.days {
            MonthDays::Any => true,
            MonthDays::Clamped(wanted) => day.day() == wanted.min(length),
            MonthDays::Listed(listed) => {
                let from_start = day.day().cast_signed();
                let from_end = from_start - length.cast_signed() - 1;
                listed.contains(&from_start) || listed.contains(&from_end)
            }
        }
    }

    fn has_weekday(&self, day: NaiveDate) -> bool {
        let weekday = day.weekday();
        self.weekdays.is_empty()
            || self.weekdays.iter().any(|wanted| {
                wanted.weekday == weekday && wanted.nth.is_none_or(|nth| self.is_nth(day, nth))
            })
    }

    /// Whether `day` is the nth of its weekday, from either end.
    fn is_nth(&self, day: NaiveDate, nth: i32) -> bool {
        let (day0, length) = match self.nth_within {
            NthWithin::Month => (day.day0(), u32::from(day.num_days_in_month())),
            NthWithin::Year => (day.ordinal0(), if day.leap_year() { 366 } else { 365 }),
        };
        let position = if nth > 0 { day0 / 7 } else { (length - 1 - day0) / 7 };
        position + 1 == nth.unsigned_abs()
    }
}

fn last_of_month(day: NaiveDate) -> NaiveDate {
    let left = u32::from(day.num_days_in_month()) - day.day();
    day + Days::new(u64::from(left))
}
