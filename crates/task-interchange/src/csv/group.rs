//! The rows that make one task: its own, and what is indented under it or noted on it.

use super::rows::Row;
use crate::fault::{Fault, Problem};
use crate::lines::RECORD_BYTES_MAX;

#[derive(Clone)]
pub(super) struct TaskRow {
    pub(super) line: u64,
    pub(super) fields: Vec<String>,
}

/// A task that may still get rows.
pub(super) struct Group {
    pub(super) task: TaskRow,
    /// The section above it, if there is one.
    pub(super) section: Option<String>,
    /// Subtasks, and the notes on whatever stands above each.
    pub(super) below: Vec<Below>,
    pub(super) faults: Vec<Fault>,
    bytes: usize,
}

pub(super) enum Below {
    Subtask(TaskRow),
    Note(TaskRow),
}

impl Group {
    pub(super) fn new(task: TaskRow, section: Option<String>) -> Self {
        let bytes = task.bytes();
        Group { task, section, below: Vec::new(), faults: Vec::new(), bytes }
    }

    pub(super) fn add(&mut self, below: Below) {
        let (Below::Subtask(row) | Below::Note(row)) = &below;
        self.bytes += row.bytes();
        if self.bytes <= RECORD_BYTES_MAX {
            self.below.push(below);
        } else if self.faults.is_empty() {
            let problem = Problem::TooLong { max_bytes: RECORD_BYTES_MAX };
            self.faults.push(Fault::new(row.line, "task", problem));
        }
    }

    /// All that the file says of the task.
    pub(super) fn text(&self) -> Vec<u8> {
        let below = self.below.iter().map(|(Below::Subtask(row) | Below::Note(row))| row);
        let rows = std::iter::once(&self.task).chain(below);
        let rows = rows.map(|row| row.fields.join("\u{1f}"));
        let section = self.section.clone().unwrap_or_default();
        std::iter::once(section).chain(rows).collect::<Vec<_>>().join("\u{1e}").into_bytes()
    }
}

impl TaskRow {
    pub(super) fn of(row: Row) -> Result<TaskRow, Fault> {
        let line = row.line;
        match row.fields {
            Ok(fields) => Ok(TaskRow { line, fields }),
            Err(problem) => Err(Fault::new(line, "row", problem)),
        }
    }

    fn bytes(&self) -> usize {
        self.fields.iter().map(String::len).sum()
    }
}
