//! Bytes into rows, with a bound on each. What a row says is not known here.

use std::collections::VecDeque;

use csv_core::{ReadRecordResult, Reader};

use crate::fault::Problem;
use crate::lines::RECORD_BYTES_MAX;

/// Todoist's template has 14, and we add a dozen.
const COLUMNS_MAX: usize = 100;

/// A first guess at a row's length.
const FIELDS_BYTES: usize = 4 * 1024;

pub(super) struct Row {
    /// The line it begins at, counted from 1.
    pub(super) line: u64,
    pub(super) fields: Result<Vec<String>, Problem>,
}

pub(super) struct Rows {
    reader: Reader,
    fields: Vec<u8>,
    ends: Vec<usize>,
    /// How much of `fields` and `ends` the open row has filled.
    filled: (usize, usize),
    fault: Option<Problem>,
    ready: VecDeque<Row>,
}

impl Rows {
    pub(super) fn new() -> Self {
        Rows {
            reader: Reader::new(),
            fields: vec![0; FIELDS_BYTES],
            ends: vec![0; COLUMNS_MAX],
            filled: (0, 0),
            fault: None,
            ready: VecDeque::new(),
        }
    }

    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let (_, read) = self.read(bytes);
            bytes = &bytes[read..];
        }
    }

    pub(super) fn finish(&mut self) {
        // No bytes at all tell the reader that the file ends; it may have a last row for us.
        while !matches!(self.read(&[]).0, ReadRecordResult::End) {}
    }

    pub(super) fn next(&mut self) -> Option<Row> {
        self.ready.pop_front()
    }

    fn read(&mut self, bytes: &[u8]) -> (ReadRecordResult, usize) {
        let (fields, ends) = self.filled;
        let (result, read, more_fields, more_ends) =
            self.reader.read_record(bytes, &mut self.fields[fields..], &mut self.ends[ends..]);
        self.filled = (fields + more_fields, ends + more_ends);
        match result {
            ReadRecordResult::OutputFull => self.grow(),
            ReadRecordResult::OutputEndsFull => {
                self.fault = Some(Problem::TooManyColumns { max: COLUMNS_MAX });
                self.filled.1 = 0;
            }
            ReadRecordResult::Record => self.close(bytes[..read].last() == Some(&b'\n')),
            ReadRecordResult::InputEmpty | ReadRecordResult::End => {}
        }
        (result, read)
    }

    /// Makes room for a longer row; one that is too long overwrites itself until it ends.
    fn grow(&mut self) {
        if self.fields.len() < RECORD_BYTES_MAX {
            self.fields.resize(self.fields.len() * 2, 0);
        } else {
            self.fault = Some(Problem::TooLong { max_bytes: RECORD_BYTES_MAX });
            self.filled.0 = 0;
        }
    }

    fn close(&mut self, has_read_line_end: bool) {
        let (_, ends) = std::mem::take(&mut self.filled);
        let fields = match self.fault.take() {
            Some(fault) => Err(fault),
            None => self.texts(ends),
        };
        let inner = match &fields {
            Ok(fields) => fields.iter().map(|field| field.matches('\n').count()).sum(),
            Err(_) => 0,
        };
        let last = self.reader.line() - u64::from(has_read_line_end);
        self.ready.push_back(Row { line: last.saturating_sub(inner as u64).max(1), fields });
    }

    fn texts(&self, ends: usize) -> Result<Vec<String>, Problem> {
        let mut start = 0;
        let field = |end: &usize| {
            let bytes = &self.fields[std::mem::replace(&mut start, *end)..*end];
            std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Problem::NotUtf8)
        };
        self.ends[..ends].iter().map(field).collect()
    }
}
