//! A second reading of RFC 5545 §3.3.10, as slow as it is plain: it walks over every day of some
//! years and asks of each whether the definitions give it. It shares nothing with the code under
//! test, not even calendar arithmetic: weekdays and positions are counted, never computed.

use std::fmt::Write as _;

use chrono::NaiveDate;

/// 1 January 2017 was a Sunday.
const FIRST_YEAR: i32 = 2017;
const LAST_YEAR: i32 = 2033;
const FIRST_WEEKDAY: usize = 6;

const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freq {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A rule as a list of its parts; empty parts are absent.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) freq: Freq,
    pub(crate) interval: usize,
    pub(crate) months: Vec<u32>,
    pub(crate) month_days: Vec<i32>,
    /// The number is 0 where there is none.
    pub(crate) weekdays: Vec<(i32, usize)>,
    pub(crate) set_positions: Vec<i32>,
    pub(crate) week_start: usize,
}

/// What is known of one day by having counted up to it.
#[derive(Clone, Debug)]
struct Day {
    date: NaiveDate,
    year: i32,
    month: u32,
    day: i32,
    weekday: usize,
    month_length: i32,
    /// How many of this weekday the month and the year have up to and from this day.
    nth_in_month: i32,
    nth_in_month_from_end: i32,
    nth_in_year: i32,
    nth_in_year_from_end: i32,
    months_before: usize,
    /// How many weeks have begun, for each day a week may begin with.
    weeks_begun: [usize; 7],
}

pub(crate) struct Calendar {
    days: Vec<Day>,
}

impl Parts {
    pub(crate) fn every(freq: Freq) -> Parts {
        Parts {
            freq,
            interval: 1,
            months: vec![],
            month_days: vec![],
            weekdays: vec![],
            set_positions: vec![],
            week_start: 0,
        }
    }

    pub(crate) fn text(&self) -> String {
        let mut text = format!("FREQ={}", format!("{:?}", self.freq).to_uppercase());
        let mut add = |name: &str, values: String| {
            if !values.is_empty() {
                write!(text, ";{name}={values}").expect("a string takes everything");
            }
        };
        add("INTERVAL", self.interval.to_string());
        add("BYMONTH", join(&self.months, u32::to_string));
        add("BYMONTHDAY", join(&self.month_days, i32::to_string));
        let weekday = |(nth, weekday): &(i32, usize)| match nth {
            0 => WEEKDAYS[*weekday].to_owned(),
            nth => format!("{nth}{}", WEEKDAYS[*weekday]),
        };
        add("BYDAY", join(&self.weekdays, weekday));
        add("BYSETPOS", join(&self.set_positions, i32::to_string));
        add("WKST", WEEKDAYS[self.week_start].to_owned());
        text
    }

    /// Whether BYMONTH, BYMONTHDAY and BYDAY leave the day in, with what DTSTART supplies.
    fn fits(&self, day: &Day, start: &Day) -> bool {
        let names_day = !self.month_days.is_empty() || !self.weekdays.is_empty();
        let in_month = match self.freq {
            Freq::Yearly if self.months.is_empty() && !names_day => day.month == start.month,
            _ => self.months.is_empty() || self.months.contains(&day.month),
        };
        if !in_month {
            return false;
        }
        if !names_day {
            return match self.freq {
                Freq::Daily => true,
                Freq::Weekly => day.weekday == start.weekday,
                // The one departure from the RFC: the last day stands in for a missing one.
                Freq::Monthly | Freq::Yearly => {
                    day.day == start.day
                        || (day.day == day.month_length && start.day > day.month_length)
                }
            };
        }
        let on_day = self.month_days.is_empty()
            || self
                .month_days
                .iter()
                .any(|wanted| *wanted == day.day || *wanted == day.day - day.month_length - 1);
        on_day && (self.weekdays.is_empty() || self.weekdays.iter().any(|w| self.is_on(day, *w)))
    }

    fn is_on(&self, day: &Day, (nth, weekday): (i32, usize)) -> bool {
        let through_the_year = self.freq == Freq::Yearly && self.months.is_empty();
        let (front, end) = if through_the_year {
            (day.nth_in_year, day.nth_in_year_from_end)
        } else {
            (day.nth_in_month, day.nth_in_month_from_end)
        };
        day.weekday == weekday && (nth == 0 || nth == front || -nth == end)
    }

    fn period(&self, index: usize, day: &Day) -> usize {
        match self.freq {
            Freq::Daily => index,
            Freq::Weekly => day.weeks_begun[self.week_start],
            Freq::Monthly => day.months_before,
            Freq::Yearly => (day.year - FIRST_YEAR) as usize,
        }
    }
}

impl Calendar {
    pub(crate) fn new() -> Calendar {
        let mut days: Vec<Day> = Vec::new();
        let mut weekday = FIRST_WEEKDAY;
        let mut weeks_begun = [0; 7];
        let mut months_before = 0;
        for year in FIRST_YEAR..=LAST_YEAR {
            let mut in_year = [0; 7];
            for month in 1..=12 {
                let mut in_month = [0; 7];
                let month_length = length(year, month);
                for day in 1..=month_length {
                    in_year[weekday] += 1;
                    in_month[weekday] += 1;
                    weeks_begun[weekday] += 1;
                    days.push(Day {
                        date: NaiveDate::from_ymd_opt(year, month, day as u32).expect("a day"),
                        year,
                        month,
                        day,
                        weekday,
                        month_length,
                        nth_in_month: in_month[weekday],
                        nth_in_month_from_end: 0,
                        nth_in_year: in_year[weekday],
                        nth_in_year_from_end: 0,
                        months_before,
                        weeks_begun,
                    });
                    weekday = (weekday + 1) % 7;
                }
                months_before += 1;
            }
        }
        count_from_the_end(&mut days);
        Calendar { days }
    }

    /// The days of the rule from `start` on, for `years` years.
    pub(crate) fn expand(&self, parts: &Parts, start: NaiveDate, years: usize) -> Vec<NaiveDate> {
        let first = self.days.iter().position(|day| day.date == start).expect("start in range");
        let start = &self.days[first];
        let origin = parts.period(first, start);
        let mut chosen = Vec::new();
        let mut set = Vec::new();
        let mut current = origin;
        // From the beginning of the first period: BYSETPOS numbers days before DTSTART too.
        let is_in_first = |index: &usize| parts.period(*index, &self.days[*index]) == origin;
        let begin = (0..=first).rev().take_while(is_in_first).last().unwrap_or(first);
        for (index, day) in self.days.iter().enumerate().take(first + years * 365).skip(begin) {
            let period = parts.period(index, day);
            if current != period {
                choose(&mut set, &parts.set_positions, &mut chosen);
                current = period;
            }
            if (period - origin).is_multiple_of(parts.interval) && parts.fits(day, start) {
                set.push(day.date);
            }
        }
        // The walk may end within a period, so its last one counts only without BYSETPOS.
        if parts.set_positions.is_empty() {
            chosen.append(&mut set);
        }
        chosen.retain(|day| *day >= start.date);
        chosen
    }
}

fn choose(set: &mut Vec<NaiveDate>, positions: &[i32], chosen: &mut Vec<NaiveDate>) {
    let length = set.len() as i32;
    for (position, day) in (1..).zip(set.drain(..)) {
        let from_end = position - length - 1;
        if positions.is_empty() || positions.contains(&position) || positions.contains(&from_end) {
            chosen.push(day);
        }
    }
}

fn count_from_the_end(days: &mut [Day]) {
    let mut in_year = [0; 7];
    let mut in_month = [0; 7];
    for day in days.iter_mut().rev() {
        if day.day == day.month_length {
            in_month = [0; 7];
            if day.month == 12 {
                in_year = [0; 7];
            }
        }
        in_month[day.weekday] += 1;
        in_year[day.weekday] += 1;
        day.nth_in_month_from_end = in_month[day.weekday];
        day.nth_in_year_from_end = in_year[day.weekday];
    }
}

fn length(year: i32, month: u32) -> i32 {
    match month {
        2 if year % 4 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn join<T>(values: &[T], text: impl Fn(&T) -> String) -> String {
    values.iter().map(text).collect::<Vec<_>>().join(",")
}
