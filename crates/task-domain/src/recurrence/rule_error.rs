//! Why a recurrence rule cannot be taken, naming the part at fault and what it may be.

use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RuleError {
    #[error("the rule may have {max_chars} characters")]
    TooLong { max_chars: usize },
    #[error("FREQ is missing: write DAILY, WEEKLY, MONTHLY or YEARLY, as in FREQ=WEEKLY")]
    MissingFrequency,
    #[error(
        "`{text}` is not a rule: write daily, weekly, monthly, yearly, weekdays, every_monday to \
         every_sunday, or an RFC 5545 rule such as FREQ=WEEKLY;BYDAY=MO"
    )]
    UnknownWord { text: String },
    #[error("`{text}` is not a part of a rule: parts are NAME=value, with `;` between them")]
    NotAPart { text: String },
    #[error(
        "`{name}` is not a part of a rule: parts are FREQ, INTERVAL, UNTIL, COUNT, BYMONTH, \
         BYMONTHDAY, BYDAY, BYSETPOS and WKST"
    )]
    UnknownPart { name: String },
    #[error("{name} is not supported: the time of day is the due date's")]
    TimeOfDay { name: String },
    #[error("{name} is not supported: use BYMONTH, BYMONTHDAY or BYDAY")]
    UnsupportedPart { name: String },
    #[error("{part} is there twice")]
    Repeated { part: &'static str },
    #[error("FREQ={value} is not supported: a task recurs DAILY, WEEKLY, MONTHLY or YEARLY")]
    SubDaily { value: String },
    #[error("{part}={value} is not valid: {part} is {allowed}")]
    BadValue { part: &'static str, value: String, allowed: String },
    #[error("BYDAY={value} is not valid: only MONTHLY and YEARLY rules number their weekdays")]
    OrdinalWithoutMonth { value: String },
    #[error("BYDAY={value} is not valid: a month has at most five of a weekday")]
    OrdinalTooLarge { value: String },
    #[error("BYMONTHDAY has no meaning with FREQ=WEEKLY: use BYDAY")]
    MonthDayInWeek,
    #[error("BYSETPOS needs a set to choose from: add BYDAY, BYMONTHDAY or BYMONTH")]
    SetPositionAlone,
    #[error("a rule ends by UNTIL or by COUNT, not by both")]
    UntilWithCount,
    #[error("the end of the series is given twice: in the rule, and beside it")]
    EndGivenTwice,
}
