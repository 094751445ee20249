//! The texts of a task. Holding one proves that it was checked; lengths count characters (Unicode
//! scalar values), not bytes. How they are stored or written on a wire is not known here.

use std::fmt;

use crate::field_error::{FieldError, Violation};

/// What fits on one line of a list and in the subject of a notification.
pub const TITLE_CHARS_MAX: usize = 200;

/// A note, not a document: it travels in every event of its task.
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;

/// A tag is a word or two.
pub const TAG_CHARS_MAX: usize = 50;

/// One line, without blanks around it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Title(String);

/// Free text of several lines; empty when there is nothing to add.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Description(String);

/// A label, kept as its owner spelled it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(String);

impl Title {
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        line(text, TITLE_CHARS_MAX).map(Title).map_err(|p| FieldError::new("title", p))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Description {
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let fault = |problem| FieldError::new("description", problem);
        within(text, DESCRIPTION_CHARS_MAX).map_err(fault)?;
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            return Err(fault(Violation::ControlCharacter));
        }
        Ok(Description(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Tag {
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        line(text, TAG_CHARS_MAX).map(Tag).map_err(|p| FieldError::new("tags", p))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the two differ at most in case.
    pub fn is_same(&self, other: &Tag) -> bool {
        self.0.to_lowercase() == other.0.to_lowercase()
    }
}

impl fmt::Display for Title {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn line(text: &str, max_chars: usize) -> Result<String, Violation> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Violation::Empty);
    }
    within(text, max_chars)?;
    if text.chars().any(char::is_control) {
        return Err(Violation::ControlCharacter);
    }
    Ok(text.to_owned())
}

fn within(text: &str, max_chars: usize) -> Result<(), Violation> {
    let chars = text.chars().count();
    if chars > max_chars { Err(Violation::TooLong { max_chars, chars }) } else { Ok(()) }
}
