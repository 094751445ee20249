//! What keeps a record from becoming a task: where it stands, and what would be right instead.

use task_domain::{FieldError, RuleError, TaskError};
use thiserror::Error;

/// How much of somebody's text an error message repeats.
const ECHO_CHARS_MAX: usize = 40;

/// One thing that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("line {line}, {field}: {problem}")]
pub struct Fault {
    /// Counted from 1.
    pub line: u64,
    /// The name that the format has for the part at fault.
    pub field: String,
    pub problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Problem {
    #[error("is missing: {expected}")]
    Missing { expected: &'static str },
    #[error("`{value}` is not {expected}")]
    Unreadable { value: String, expected: &'static str },
    #[error("{0}")]
    Rule(RuleError),
    /// What the rules of tasks say; the text is the domain's.
    #[error("{0}")]
    Task(String),
    #[error("is not valid JSON: {0}")]
    Json(String),
    #[error("is not UTF-8")]
    NotUtf8,
    #[error("may hold {max_bytes} bytes")]
    TooLong { max_bytes: usize },
    #[error("may hold {max} columns")]
    TooManyColumns { max: usize },
    #[error("the file ends before the task does")]
    Truncated,
}

impl Fault {
    pub(crate) fn new(line: u64, field: impl Into<String>, problem: Problem) -> Self {
        Fault { line, field: field.into(), problem }
    }

    /// What the rules of tasks say against a record as a whole.
    pub fn of_task(line: u64, error: &TaskError) -> Vec<Fault> {
        match error {
            TaskError::Invalid(errors) => errors
                .iter()
                .map(|error| Fault::new(line, error.field, Problem::Task(error.to_string())))
                .collect(),
            TaskError::Completed => {
                vec![Fault::new(line, "task", Problem::Task(error.to_string()))]
            }
        }
    }
}

impl Problem {
    pub(crate) fn unreadable(value: &str, expected: &'static str) -> Self {
        Problem::Unreadable { value: value.chars().take(ECHO_CHARS_MAX).collect(), expected }
    }
}

impl From<RuleError> for Problem {
    fn from(error: RuleError) -> Self {
        Problem::Rule(error)
    }
}

/// Gathers what is wrong with one record, so that its author can mend all of it at once.
#[derive(Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, line: u64, field: &str, problem: Problem) {
        self.0.push(Fault::new(line, field, problem));
    }

    /// The value, or nothing with the fault noted.
    pub(crate) fn take<T>(
        &mut self,
        line: u64,
        field: &str,
        read: Result<T, impl Into<Problem>>,
    ) -> Option<T> {
        read.map_err(|problem| self.add(line, field, problem.into())).ok()
    }

    /// The value, which is whole only when nothing is wrong.
    pub(crate) fn unless<T>(self, value: Option<T>) -> Result<T, Vec<Fault>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }
}

impl From<FieldError> for Problem {
    fn from(error: FieldError) -> Self {
        Problem::Task(error.problem.to_string())
    }
}
