//! The same days said to the letter of RFC 5545, for calendars and programs that follow it and skip
//! the months that lack a day.

use chrono::{Datelike, NaiveDate, NaiveDateTime};

use super::rule::{Frequency, Rule};
use super::set_position;

/// Every month has this day.
const SHORTEST_MONTH_DAYS: u32 = 28;

const FEBRUARY: u32 = 2;

impl Rule {
    /// A rule that, read from DTSTART = `anchor` by the letter of RFC 5545, has the days that this
    /// one has here. It differs only where an implied day has to give way to shorter months.
    pub fn portable(&self, anchor: NaiveDateTime) -> Rule {
        let names_no_day = self.month_days.is_empty() && self.weekdays.is_empty();
        if !names_no_day || anchor.day() <= SHORTEST_MONTH_DAYS {
            return self.clone();
        }
        match self.frequency {
            Frequency::Daily | Frequency::Weekly => self.clone(),
            Frequency::Monthly => self.monthly(anchor.day()),
            Frequency::Yearly => self.yearly(anchor.date()),
        }
    }

    /// The last of the days 28 to the wanted one that a month has. A BYSETPOS of the rule's own
    /// chose from that single day: at 1 and −1 it is the day, elsewhere there is none.
    fn monthly(&self, day: u32) -> Rule {
        let own = &self.set_positions;
        if !own.is_empty() && !own.iter().any(|position| position.abs() == 1) {
            return self.clone();
        }
        Rule { month_days: days_to(day), set_positions: vec![-1], ..self.clone() }
    }

    /// As `monthly`, but BYSETPOS numbers the days of the whole year. February's number of days
    /// varies, so what lies before it is counted from the year's start and the rest from its end.
    fn yearly(&self, anchor: NaiveDate) -> Rule {
        let day = anchor.day();
        let months =
            if self.months.is_empty() { vec![anchor.month()] } else { self.months.clone() };
        let months = set_position::chosen(&months, &self.set_positions);
        if months.is_empty() {
            return self.clone();
        }
        let days_of =
            |month: u32| (day.min(longest(month)) - SHORTEST_MONTH_DAYS + 1).cast_signed();
        let position_of = |(index, month): (usize, &u32)| {
            if *month < FEBRUARY {
                days_of(*month)
            } else {
                -1 - months[index + 1..].iter().map(|later| days_of(*later)).sum::<i32>()
            }
        };
        let set_positions = months.iter().enumerate().map(position_of).collect();
        Rule { months, month_days: days_to(day), set_positions, ..self.clone() }
    }
}

fn days_to(day: u32) -> Vec<i32> {
    (SHORTEST_MONTH_DAYS..=day).map(u32::cast_signed).collect()
}

/// The length of a month in the year that gives it most days.
fn longest(month: u32) -> u32 {
    match month {
        FEBRUARY => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
