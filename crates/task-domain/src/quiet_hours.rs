//! The hours of every day in which a person is not to be disturbed, by the clock on their wall.

use chrono::{DateTime, Days, NaiveTime, Utc};
use chrono_tz::Tz;

use crate::field_error::Violation;
use crate::wall_clock;

/// From `from`, inclusive, to `to`, exclusive; past midnight when `to` is the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QuietHours {
    pub from: NaiveTime,
    pub to: NaiveTime,
}

impl QuietHours {
    /// Equal bounds are refused: they could mean the whole day as well as none of it.
    pub fn new(from: NaiveTime, to: NaiveTime) -> Result<Self, Violation> {
        if from == to { Err(Violation::NoSpan) } else { Ok(QuietHours { from, to }) }
    }

    /// The first instant from `at` on that may disturb: `at` itself, or the end of the quiet hours
    /// that `at` falls into. Once begun they last to their end, even where clocks are set back to a
    /// time before them.
    pub fn earliest(&self, at: DateTime<Utc>, tz: Tz) -> DateTime<Utc> {
        let mut earliest = at;
        // Clocks that jump over the end can land in the next quiet hours: Samoa left out a day.
        while let Some(end) = self.end_after(earliest, tz) {
            earliest = end;
        }
        earliest
    }

    /// When the quiet hours end which `at` falls into; `None` outside of them.
    fn end_after(&self, at: DateTime<Utc>, tz: Tz) -> Option<DateTime<Utc>> {
        let local = at.with_timezone(&tz).naive_local();
        let (day, time) = (local.date(), local.time());
        let crosses_midnight = self.to < self.from;
        let (has_begun, is_not_over) = (self.from <= time, time < self.to);
        let end_day = match crosses_midnight {
            true if has_begun => day.checked_add_days(Days::new(1))?,
            true if is_not_over => day,
            false if has_begun && is_not_over => day,
            _ => return None,
        };
        wall_clock::reached(end_day.and_time(self.to), tz, at)
    }
}
