//! Bytes into lines, with a bound on each. What a line says is not known here.

use std::collections::VecDeque;

/// A task at all its own limits takes some 40 KiB in any format; six times that leaves room for
/// what other programs add, and bounds the memory of a reader.
pub const RECORD_BYTES_MAX: usize = 256 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

pub(crate) struct Line {
    /// Counted from 1.
    pub(crate) number: u64,
    /// Without its end. Of a line that is too long, only the beginning.
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_too_long: bool,
}

#[derive(Default)]
pub(crate) struct Lines {
    complete: u64,
    open: Vec<u8>,
    is_too_long: bool,
    ready: VecDeque<Line>,
}

impl Lines {
    pub(crate) fn push(&mut self, mut bytes: &[u8]) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            self.extend(&bytes[..end]);
            self.close();
            bytes = &bytes[end + 1..];
        }
        self.extend(bytes);
    }

    pub(crate) fn finish(&mut self) {
        if !self.open.is_empty() {
            self.close();
        }
    }

    pub(crate) fn next(&mut self) -> Option<Line> {
        self.ready.pop_front()
    }

    fn extend(&mut self, bytes: &[u8]) {
        let room = RECORD_BYTES_MAX - self.open.len();
        self.is_too_long |= bytes.len() > room;
        self.open.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn close(&mut self) {
        self.complete += 1;
        let mut bytes = std::mem::take(&mut self.open);
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        if self.complete == 1 && bytes.starts_with(BYTE_ORDER_MARK) {
            bytes.drain(..BYTE_ORDER_MARK.len());
        }
        let is_too_long = std::mem::take(&mut self.is_too_long);
        self.ready.push_back(Line { number: self.complete, bytes, is_too_long });
    }
}
