//! todo.txt: a task on each line, with `+project`, `@context` and `key:value` words in it.

mod interval;
mod keys;
mod read;
mod write;

pub(crate) use write::write;

use crate::fault::{Fault, Problem};
use crate::lines::{Line, Lines, RECORD_BYTES_MAX};
use crate::reader::{Context, Entry, Records};

/// `@context` and `+project`.
const SIGILS: [char; 2] = ['@', '+'];

pub(crate) struct TodoTxtReader {
    lines: Lines,
    context: Context,
}

impl TodoTxtReader {
    pub(crate) fn new(context: Context) -> Self {
        TodoTxtReader { lines: Lines::default(), context }
    }

    fn entry(&self, line: Line) -> Option<Entry> {
        let fault = |problem| Err(vec![Fault::new(line.number, "line", problem)]);
        let task = if line.is_too_long {
            fault(Problem::TooLong { max_bytes: RECORD_BYTES_MAX })
        } else {
            match std::str::from_utf8(&line.bytes) {
                Ok(text) if text.trim().is_empty() => return None,
                Ok(text) => read::task(line.number, text, &self.context),
                Err(_) => fault(Problem::NotUtf8),
            }
        };
        Some(Entry { line: line.number, text: line.bytes, task })
    }
}

impl Records for TodoTxtReader {
    fn push(&mut self, bytes: &[u8]) {
        self.lines.push(bytes);
    }

    fn finish(&mut self) {
        self.lines.finish();
    }

    fn next(&mut self) -> Option<Entry> {
        while let Some(line) = self.lines.next() {
            if let Some(entry) = self.entry(line) {
                return Some(entry);
            }
        }
        None
    }
}
