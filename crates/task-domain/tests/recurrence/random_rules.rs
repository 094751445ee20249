//! Rules drawn at random, the same ones at each run, valid by construction.

use chrono::{Days, NaiveDate};

use crate::naive::{Freq, Parts};

/// `usual`, or as many as somebody asks for who has more time.
pub(crate) fn rules_wanted(usual: usize) -> usize {
    match std::env::var("RECURRENCE_RULES") {
        Ok(number) => number.parse().expect("RECURRENCE_RULES is a number"),
        Err(_) => usual,
    }
}

/// A multiplicative generator of 64 bits (Knuth's constants) whose upper bits are used.
pub(crate) struct Draws(u64);

impl Draws {
    pub(crate) fn seeded(seed: u64) -> Draws {
        Draws(seed)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }

    pub(crate) fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A day of the three years in the middle of the naive calendar, month ends preferred.
    pub(crate) fn start(&mut self) -> NaiveDate {
        let first = NaiveDate::from_ymd_opt(2019, 1, 1).expect("a day");
        let day = first + Days::new(self.below(3 * 365) as u64);
        if !self.one_in(3) {
            return day;
        }
        let ends = [(2020, 2, 29), (2019, 1, 31), (2020, 1, 30), (2020, 12, 31), (2021, 3, 29)];
        let (year, month, day) = self.pick(&ends);
        NaiveDate::from_ymd_opt(year, month, day).expect("a day")
    }

    /// One to `most` values.
    fn some<T: PartialEq>(&mut self, most: usize, mut draw: impl FnMut(&mut Draws) -> T) -> Vec<T> {
        let wanted = 1 + self.below(most);
        let mut values = Vec::new();
        for _ in 0..wanted {
            let value = draw(self);
            if !values.contains(&value) {
                values.push(value);
            }
        }
        values
    }

    /// A number from 1 to `max`, or from −max to −1.
    fn signed(&mut self, max: usize) -> i32 {
        let number = 1 + self.below(max) as i32;
        if self.one_in(3) { -number } else { number }
    }

    pub(crate) fn rule(&mut self, freq: Freq) -> Parts {
        let mut parts = Parts::every(freq);
        if self.one_in(2) {
            parts.interval = 1 + self.below(4);
        }
        if self.one_in(3) {
            parts.months = self.some(4, |draws| 1 + draws.below(12) as u32);
        }
        if freq != Freq::Weekly && self.one_in(3) {
            parts.month_days = self.some(5, |draws| draws.signed(31));
        }
        if self.one_in(2) {
            let nth_max = match freq {
                Freq::Daily | Freq::Weekly => 0,
                Freq::Yearly if parts.months.is_empty() => 53,
                Freq::Monthly | Freq::Yearly => 5,
            };
            parts.weekdays = self.some(4, |draws| {
                let nth = if nth_max == 0 || draws.one_in(2) { 0 } else { draws.signed(nth_max) };
                (nth, draws.below(7))
            });
        }
        let has_set =
            !(parts.months.is_empty() && parts.month_days.is_empty() && parts.weekdays.is_empty());
        if has_set && self.one_in(3) {
            parts.set_positions = self.some(3, |draws| draws.signed(4));
        }
        if self.one_in(2) {
            parts.week_start = self.below(7);
        }
        parts
    }
}
