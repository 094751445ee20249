//! Rules drawn at random: valid by construction, and the same ones for the same seed.

use std::fmt::{Display, Write as _};

use chrono::Weekday;
use task_domain::recurrence::Frequency;

const WEEKDAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// A linear congruential generator of 64 bits (Knuth's constants) whose upper bits are used.
pub(crate) struct Draws(u64);

/// A rule without an end, and those of its parts that decide how it is asked.
pub(crate) struct Drawn {
    pub(crate) text: String,
    pub(crate) frequency: Frequency,
    pub(crate) interval: u32,
    pub(crate) week_start: Weekday,
    pub(crate) chooses_positions: bool,
}

impl Draws {
    pub(crate) fn seeded(seed: u64) -> Draws {
        Draws(seed)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let upper = u32::try_from(self.0 >> 33).expect("31 bits");
        upper % bound
    }

    pub(crate) fn one_in(&mut self, chances: u32) -> bool {
        self.below(chances) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(u32::try_from(from.len()).expect("a short list")) as usize]
    }

    pub(crate) fn rule(&mut self) -> Drawn {
        use Frequency::{Daily, Monthly, Weekly, Yearly};
        let frequency = self.pick(&[Daily, Weekly, Monthly, Yearly]);
        let interval = if self.one_in(2) { 1 } else { 1 + self.below(6) };
        let mut text = format!("FREQ={}", format!("{frequency:?}").to_uppercase());
        let mut add = |part: &str, values: String| {
            write!(text, ";{part}={values}").expect("a string takes everything");
        };
        add("INTERVAL", interval.to_string());
        let months = self.one_in(3).then(|| self.list(4, |draws| 1 + draws.below(12)));
        if let Some(months) = &months {
            add("BYMONTH", months.clone());
        }
        let month_days =
            (frequency != Weekly && self.one_in(3)).then(|| self.list(5, |draws| draws.signed(31)));
        if let Some(days) = &month_days {
            add("BYMONTHDAY", days.clone());
        }
        let nth_max = match frequency {
            Daily | Weekly => 0,
            Yearly if months.is_none() => 53,
            Monthly | Yearly => 5,
        };
        let weekdays = self.one_in(2).then(|| self.list(4, |draws| draws.weekday(nth_max)));
        if let Some(weekdays) = &weekdays {
            add("BYDAY", weekdays.clone());
        }
        let has_set = months.is_some() || month_days.is_some() || weekdays.is_some();
        let chooses_positions = has_set && self.one_in(3);
        if chooses_positions {
            let position_max = if frequency == Yearly && self.one_in(4) { 366 } else { 4 };
            add("BYSETPOS", self.list(3, |draws| draws.signed(position_max)));
        }
        let week_start = self.below(7);
        add("WKST", WEEKDAYS[week_start as usize].to_owned());
        let week_start = Weekday::try_from(u8::try_from(week_start).expect("below 7"));
        let week_start = week_start.expect("a weekday");
        Drawn { text, frequency, interval, week_start, chooses_positions }
    }

    /// One to `most` values; repeats are the reader's to drop.
    fn list<T: Display>(&mut self, most: u32, mut draw: impl FnMut(&mut Draws) -> T) -> String {
        let values: Vec<String> = (0..=self.below(most)).map(|_| draw(self).to_string()).collect();
        values.join(",")
    }

    /// A number from 1 to `max`, or from −max to −1.
    fn signed(&mut self, max: u32) -> i32 {
        let number = 1 + self.below(max).cast_signed();
        if self.one_in(3) { -number } else { number }
    }

    fn weekday(&mut self, nth_max: u32) -> String {
        let weekday = self.pick(&WEEKDAYS);
        if nth_max == 0 || self.one_in(2) {
            return weekday.to_owned();
        }
        format!("{}{weekday}", self.signed(nth_max))
    }
}
