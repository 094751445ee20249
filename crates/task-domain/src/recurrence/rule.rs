//! A recurrence rule that has been checked: what it may say, and what it says. Its spelling is
//! `rule_text`'s, its meaning in days `day_pattern`'s.

use chrono::{DateTime, Datelike, SubsecRound, Utc, Weekday};

use super::rule_error::RuleError;

/// Every thousand days is close to three years; what is rarer is not a habit but a date.
pub const INTERVAL_MAX: u32 = 1_000;

/// A daily task for 27 years. Longer series simply have no COUNT.
pub const COUNT_MAX: u32 = 10_000;

/// The days of a leap year: no set of RFC 5545 is larger here.
pub const SET_POSITION_MAX: u32 = 366;

/// A month of 31 days has five of three weekdays.
const WEEKDAYS_IN_MONTH_MAX: u32 = 5;

/// A year has 53 of one weekday or two.
pub(super) const WEEKDAYS_IN_YEAR_MAX: u32 = 53;

/// The last year that a date of four digits can be in; no series reaches it.
pub(super) const LAST_YEAR: i32 = 9_999;

/// Lists are sorted and without repeats, so that rules that mean the same parts are equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    pub(super) frequency: Frequency,
    pub(super) interval: u32,
    /// 1 to 12.
    pub(super) months: Vec<u32>,
    /// 1 to 31, and −31 to −1 counted from the month's end.
    pub(super) month_days: Vec<i32>,
    pub(super) weekdays: Vec<NthWeekday>,
    /// Which of a period's days count, from 1, or from −1 at its end.
    pub(super) set_positions: Vec<i32>,
    pub(super) week_start: Weekday,
    pub(super) end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// `MO`, `2MO` or `-1MO`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NthWeekday {
    /// Counted from 1, or from −1 at the end; `None` is every such weekday.
    pub nth: Option<i32>,
    pub weekday: Weekday,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum End {
    #[default]
    Never,
    /// The last instant at which the series may occur, to the second.
    Until(DateTime<Utc>),
    /// How many occurrences the series has, the first and the skipped ones included.
    Count(u32),
}

impl Rule {
    pub fn every(frequency: Frequency) -> Rule {
        Rule {
            frequency,
            interval: 1,
            months: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            set_positions: Vec::new(),
            week_start: Weekday::Mon,
            end: End::Never,
        }
    }

    pub fn weekly_on(weekdays: impl IntoIterator<Item = Weekday>) -> Rule {
        let weekdays = weekdays.into_iter().map(|weekday| NthWeekday { nth: None, weekday });
        Rule { weekdays: weekdays.collect(), ..Rule::every(Frequency::Weekly) }.sorted()
    }

    pub fn frequency(&self) -> Frequency {
        self.frequency
    }

    pub fn interval(&self) -> u32 {
        self.interval
    }

    pub fn end(&self) -> End {
        self.end
    }

    pub fn until(&self) -> Option<DateTime<Utc>> {
        match self.end {
            End::Until(until) => Some(until),
            End::Never | End::Count(_) => None,
        }
    }

    pub fn count(&self) -> Option<u32> {
        match self.end {
            End::Count(count) => Some(count),
            End::Never | End::Until(_) => None,
        }
    }

    pub fn without_end(&self) -> Rule {
        Rule { end: End::Never, ..self.clone() }
    }

    /// The rule with an end that was given beside it.
    pub fn ending(
        self,
        until: Option<DateTime<Utc>>,
        count: Option<u32>,
    ) -> Result<Rule, RuleError> {
        let end = match (until, count) {
            (None, None) => return Ok(self),
            (Some(_), Some(_)) => return Err(RuleError::UntilWithCount),
            _ if self.end != End::Never => return Err(RuleError::EndGivenTwice),
            (Some(until), None) => End::Until(checked_until(until)?),
            (None, Some(count)) => End::Count(checked_count(count)?),
        };
        Ok(Rule { end, ..self })
    }

    /// Whether UNTIL lies before `at`.
    pub fn is_over_at(&self, at: DateTime<Utc>) -> bool {
        self.until().is_some_and(|until| at.timestamp() > until.timestamp())
    }

    /// The rule with its lists in canonical order, provided that its parts go together.
    pub(super) fn checked(self) -> Result<Rule, RuleError> {
        self.check_weekdays()?;
        if self.frequency == Frequency::Weekly && !self.month_days.is_empty() {
            return Err(RuleError::MonthDayInWeek);
        }
        let chooses_from_nothing =
            self.months.is_empty() && self.month_days.is_empty() && self.weekdays.is_empty();
        if !self.set_positions.is_empty() && chooses_from_nothing {
            return Err(RuleError::SetPositionAlone);
        }
        Ok(self.sorted())
    }

    fn check_weekdays(&self) -> Result<(), RuleError> {
        let max = match self.frequency {
            Frequency::Daily | Frequency::Weekly => 0,
            Frequency::Yearly if self.months.is_empty() => WEEKDAYS_IN_YEAR_MAX,
            Frequency::Monthly | Frequency::Yearly => WEEKDAYS_IN_MONTH_MAX,
        };
        let too_large =
            self.weekdays.iter().find(|day| day.nth.is_some_and(|nth| nth.unsigned_abs() > max));
        match too_large {
            None => Ok(()),
            Some(day) if max == 0 => Err(RuleError::OrdinalWithoutMonth { value: day.to_string() }),
            Some(day) => Err(RuleError::OrdinalTooLarge { value: day.to_string() }),
        }
    }

    fn sorted(mut self) -> Rule {
        fn from_the_front<T: Ord>(position: i32, then: T) -> (bool, i32, T) {
            (position < 0, position, then)
        }
        self.months.sort_unstable();
        self.months.dedup();
        self.month_days.sort_unstable_by_key(|day| from_the_front(*day, ()));
        self.month_days.dedup();
        self.weekdays.sort_unstable_by_key(|day| {
            from_the_front(day.nth.unwrap_or(0), day.weekday.num_days_from_monday())
        });
        self.weekdays.dedup();
        self.set_positions.sort_unstable_by_key(|position| from_the_front(*position, ()));
        self.set_positions.dedup();
        self
    }
}

/// A rule's text has whole seconds and years of four digits; what it cannot say, it does not hold.
fn checked_until(until: DateTime<Utc>) -> Result<DateTime<Utc>, RuleError> {
    if (1..=LAST_YEAR).contains(&until.year()) {
        return Ok(until.trunc_subsecs(0));
    }
    Err(RuleError::BadValue {
        part: "UNTIL",
        value: until.to_string(),
        allowed: format!("an instant up to the year {LAST_YEAR}"),
    })
}

fn checked_count(count: u32) -> Result<u32, RuleError> {
    if (1..=COUNT_MAX).contains(&count) {
        return Ok(count);
    }
    Err(RuleError::BadValue {
        part: "COUNT",
        value: count.to_string(),
        allowed: format!("a whole number from 1 to {COUNT_MAX}"),
    })
}
