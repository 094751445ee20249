//! CSV with the columns of Todoist's template: a row for each task, indented rows for its
//! subtasks, `note` rows for its comments, `section` rows above the tasks they hold.
//!
//! What the template has no column for stands in columns of our own behind it.

mod columns;
mod date;
mod every;
mod group;
mod read;
mod rows;
mod words;
mod write;

pub(crate) use read::CsvReader;
pub(crate) use write::{begin, write};

/// Todoist's labels are `@label` words of the content.
const SIGILS: [char; 1] = ['@'];
