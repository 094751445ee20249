//! Finds the tasks in a JSON text without keeping more of it than one task. Whether each is valid
//! JSON is found out when it is read.

use std::collections::VecDeque;

use crate::fault::{Fault, Problem};
use crate::lines::RECORD_BYTES_MAX;

const MEMBER: &[u8] = b"tasks";

pub(super) struct Element {
    /// The line it begins at, counted from 1.
    pub(super) line: u64,
    pub(super) text: Result<Vec<u8>, Fault>,
}

pub(super) struct Elements {
    line: u64,
    place: Place,
    string: Option<InString>,
    /// The string that was read last, as far as it can be the member's name.
    name: Vec<u8>,
    open: Vec<u8>,
    open_line: u64,
    is_too_long: bool,
    ready: VecDeque<Element>,
}

/// How deep the next byte stands, and in what.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Start,
    /// In the outermost object, or so many levels deeper in a member that is none of ours.
    Object {
        depth: u32,
    },
    Tasks,
    /// In a task.
    Task {
        depth: u32,
    },
    /// After the tasks, or in a text that has none.
    End,
}

#[derive(Clone, Copy, PartialEq)]
enum InString {
    Text,
    Escape,
}

impl Elements {
    pub(super) fn new() -> Self {
        Elements {
            line: 1,
            place: Place::Start,
            string: None,
            name: Vec::new(),
            open: Vec::new(),
            open_line: 1,
            is_too_long: false,
            ready: VecDeque::new(),
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.byte(*byte);
            self.line += u64::from(*byte == b'\n');
        }
    }

    pub(super) fn finish(&mut self) {
        match self.place {
            Place::End => {}
            Place::Start | Place::Object { .. } => self.fault(missing()),
            Place::Tasks | Place::Task { .. } => self.fault(Problem::Truncated),
        }
        self.place = Place::End;
    }

    pub(super) fn next(&mut self) -> Option<Element> {
        self.ready.pop_front()
    }

    fn byte(&mut self, byte: u8) {
        if let Place::Task { .. } = self.place {
            self.keep(byte);
        }
        match self.string {
            Some(state) => self.in_string(state, byte),
            None => self.between_strings(byte),
        }
    }

    fn in_string(&mut self, state: InString, byte: u8) {
        self.string = match (state, byte) {
            (InString::Escape, _) => Some(InString::Text),
            (InString::Text, b'\\') => Some(InString::Escape),
            (InString::Text, b'"') => None,
            (InString::Text, _) => Some(InString::Text),
        };
        if self.string.is_some() && self.name.len() <= MEMBER.len() {
            self.name.push(byte);
        }
    }

    fn between_strings(&mut self, byte: u8) {
        if byte == b'"' && !matches!(self.place, Place::Start | Place::Tasks | Place::End) {
            self.string = Some(InString::Text);
            self.name.clear();
            return;
        }
        self.place = match (self.place, byte) {
            // A byte order mark is nothing to read.
            (Place::Start, 0xEF | 0xBB | 0xBF) => Place::Start,
            (place, b' ' | b'\t' | b'\r' | b'\n') => place,
            (Place::Start, b'[') => Place::Tasks,
            (Place::Start, b'{') => Place::Object { depth: 0 },
            (Place::Object { depth: 0 }, b'[') if self.name == MEMBER => Place::Tasks,
            (Place::Object { depth: 0 }, b'}') | (Place::Start, _) => {
                self.fault(missing());
                Place::End
            }
            (Place::Object { depth }, b'{' | b'[') => Place::Object { depth: depth + 1 },
            (Place::Object { depth }, b'}' | b']') => {
                Place::Object { depth: depth.saturating_sub(1) }
            }
            (Place::Tasks, b',') => Place::Tasks,
            (Place::Tasks, b'{') => self.begin(byte),
            (Place::Tasks, b']') => Place::End,
            (Place::Tasks, _) => {
                let given = char::from(byte).to_string();
                self.fault(Problem::unreadable(&given, "the `{` of a task, a comma or a `]`"));
                Place::End
            }
            (Place::Task { depth }, b'{' | b'[') => Place::Task { depth: depth + 1 },
            (Place::Task { depth: 0 }, b'}' | b']') => self.complete(),
            (Place::Task { depth }, b'}' | b']') => Place::Task { depth: depth - 1 },
            (place, _) => place,
        };
    }

    fn begin(&mut self, byte: u8) -> Place {
        self.open_line = self.line;
        self.keep(byte);
        Place::Task { depth: 0 }
    }

    fn keep(&mut self, byte: u8) {
        if self.open.len() < RECORD_BYTES_MAX {
            self.open.push(byte);
        } else {
            self.is_too_long = true;
        }
    }

    fn complete(&mut self) -> Place {
        let text = std::mem::take(&mut self.open);
        let text = if std::mem::take(&mut self.is_too_long) {
            let problem = Problem::TooLong { max_bytes: RECORD_BYTES_MAX };
            Err(Fault::new(self.open_line, "task", problem))
        } else {
            Ok(text)
        };
        self.ready.push_back(Element { line: self.open_line, text });
        Place::Tasks
    }

    fn fault(&mut self, problem: Problem) {
        let fault = Fault::new(self.line, "tasks", problem);
        self.ready.push_back(Element { line: self.line, text: Err(fault) });
    }
}

fn missing() -> Problem {
    Problem::Missing { expected: "an array of tasks, alone or as the member `tasks` of an object" }
}
