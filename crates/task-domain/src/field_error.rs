//! What can be wrong with one field, said so that its author knows what to write instead.

use thiserror::Error;

use crate::recurrence::RuleError;

/// One field that cannot be taken as it is. `Display` tells the problem without the field's name,
/// because readers get the two side by side.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{problem}")]
pub struct FieldError {
    /// The name the field has on the wire.
    pub field: &'static str,
    pub problem: Violation,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Violation {
    #[error("must not be empty")]
    Empty,
    #[error("may have {max_chars} characters, not {chars}")]
    TooLong { max_chars: usize, chars: usize },
    #[error("must not contain control characters")]
    ControlCharacter,
    #[error("may hold {max} entries, not {entries}")]
    TooMany { max: usize, entries: usize },
    #[error("needs a due date to repeat from: set due_at")]
    NeedsDueDate,
    #[error("{0}")]
    Rule(RuleError),
    #[error("has no date after the due date: no calendar day fits the rule")]
    NeverOccurs,
    #[error("ends before the due date")]
    EndsBeforeDue,
    #[error("counts {count} occurrences, but the series is already at its occurrence {occurrence}")]
    CountPassed { count: u32, occurrence: u32 },
    #[error("a reminder is 0 to {max_days} days before the due date")]
    LeadOutOfRange { max_days: i64 },
    #[error("must not end at the time it begins")]
    NoSpan,
    #[error("must be later than now, by at most {max_days} days")]
    NotAhead { max_days: i64 },
}

impl FieldError {
    pub(crate) fn new(field: &'static str, problem: Violation) -> Self {
        FieldError { field, problem }
    }
}

impl From<RuleError> for FieldError {
    fn from(error: RuleError) -> Self {
        FieldError::new("recurrence", Violation::Rule(error))
    }
}
