//! Lines into components: unfolds them, keeps the tasks, passes over the rest.

use std::collections::VecDeque;

use super::content_line::Property;
use super::read;
use crate::fault::{Fault, Problem};
use crate::lines::{Line, Lines, RECORD_BYTES_MAX};
use crate::reader::{Context, Entry, Records};

const CALENDAR: &str = "VCALENDAR";
const TASK: &str = "VTODO";
const ALARM: &str = "VALARM";

/// Calendars nest three deep; more is no calendar, and would grow without bound.
const DEPTH_MAX: usize = 16;

pub(crate) struct ICalendarReader {
    lines: Lines,
    /// The line that the next one may continue.
    open_line: Option<Line>,
    /// The components around the next line, in capitals.
    within: Vec<String>,
    has_begun: bool,
    is_unreadable: bool,
    task: Option<Todo>,
    ready: VecDeque<Entry>,
    context: Context,
}

/// A VTODO that has begun.
pub(super) struct Todo {
    pub(super) line: u64,
    pub(super) properties: Vec<Property>,
    pub(super) alarms: Vec<Vec<Property>>,
    pub(super) faults: Vec<Fault>,
    text: Vec<u8>,
}

impl ICalendarReader {
    pub(crate) fn new(context: Context) -> Self {
        ICalendarReader {
            lines: Lines::default(),
            open_line: None,
            within: Vec::new(),
            has_begun: false,
            is_unreadable: false,
            task: None,
            ready: VecDeque::new(),
            context,
        }
    }

    fn read(&mut self) {
        while let Some(line) = self.lines.next() {
            match (&mut self.open_line, line.bytes.first()) {
                (Some(open), Some(b' ' | b'\t')) => open.unfold(&line),
                _ => {
                    let complete = self.open_line.replace(line);
                    self.content_line(complete);
                }
            }
        }
    }

    fn content_line(&mut self, line: Option<Line>) {
        let Some(line) = line.filter(|line| !line.bytes.is_empty() && !self.is_unreadable) else {
            return;
        };
        let number = line.number;
        let property = match String::from_utf8(line.bytes) {
            _ if line.is_too_long => {
                let problem = Problem::TooLong { max_bytes: RECORD_BYTES_MAX };
                Err(Fault::new(number, "line", problem))
            }
            Ok(text) => Property::parse(number, &text).inspect(|_| self.keep_text(&text)),
            Err(_) => Err(Fault::new(number, "line", Problem::NotUtf8)),
        };
        if !self.has_begun {
            let begins = |it: &Property| it.name == "BEGIN" && it.value.trim() == CALENDAR;
            self.has_begun = property.as_ref().is_ok_and(begins);
            if !self.has_begun {
                let expected = "a calendar begins with BEGIN:VCALENDAR";
                self.fault(Fault::new(number, "file", Problem::Missing { expected }));
                self.is_unreadable = true;
                return;
            }
        }
        match property {
            Ok(property) => self.property(property),
            // A line that cannot be read matters where it belongs to a task.
            Err(fault) => self.task.iter_mut().for_each(|task| task.faults.push(fault.clone())),
        }
    }

    fn property(&mut self, property: Property) {
        let name = property.value.trim().to_ascii_uppercase();
        match property.name.as_str() {
            "BEGIN" if self.within.len() < DEPTH_MAX => self.begin(property.line, name),
            "BEGIN" => {}
            "END" => self.end(property.line, &name),
            _ => {
                let Some(task) = &mut self.task else { return };
                match self.within.last().map(String::as_str) {
                    Some(TASK) => task.properties.push(property),
                    Some(ALARM) => {
                        task.alarms.last_mut().into_iter().for_each(|it| it.push(property.clone()));
                    }
                    _ => {}
                }
            }
        }
    }

    fn begin(&mut self, line: u64, name: String) {
        match (name.as_str(), &mut self.task) {
            (ALARM, Some(task)) => task.alarms.push(Vec::new()),
            (TASK, Some(_)) => {
                self.fault(Fault::new(line, TASK, Problem::Truncated));
                self.task = Some(Todo::new(line));
                return;
            }
            (TASK, None) => self.task = Some(Todo::new(line)),
            _ => {}
        }
        self.within.push(name);
    }

    fn end(&mut self, line: u64, name: &str) {
        let ended = self.within.pop();
        if ended.as_deref() != Some(name) {
            let problem = Problem::unreadable(name, "the component that is to end here");
            self.task
                .iter_mut()
                .for_each(|it| it.faults.push(Fault::new(line, "END", problem.clone())));
        }
        if name == TASK
            && let Some(mut task) = self.task.take()
        {
            let text = std::mem::take(&mut task.text);
            let line = task.line;
            let task = read::task(task, &self.context);
            self.ready.push_back(Entry { line, text, task });
        }
    }

    /// What the file says of the open task; one that says too much is read no further.
    fn keep_text(&mut self, text: &str) {
        let Some(task) = &mut self.task else { return };
        if task.text.len() + text.len() > RECORD_BYTES_MAX {
            let problem = Problem::TooLong { max_bytes: RECORD_BYTES_MAX };
            if task.faults.is_empty() {
                task.faults.push(Fault::new(task.line, TASK, problem));
            }
            task.properties.clear();
            task.alarms.clear();
            return;
        }
        task.text.extend_from_slice(text.as_bytes());
        task.text.push(b'\n');
    }

    fn fault(&mut self, fault: Fault) {
        self.ready.push_back(Entry { line: fault.line, text: Vec::new(), task: Err(vec![fault]) });
    }
}

impl Records for ICalendarReader {
    fn push(&mut self, bytes: &[u8]) {
        self.lines.push(bytes);
        self.read();
    }

    fn finish(&mut self) {
        self.lines.finish();
        self.read();
        let last = self.open_line.take();
        self.content_line(last);
        if let Some(task) = self.task.take() {
            self.fault(Fault::new(task.line, TASK, Problem::Truncated));
        } else if !self.has_begun && !self.is_unreadable {
            let expected = "a calendar begins with BEGIN:VCALENDAR";
            self.fault(Fault::new(1, "file", Problem::Missing { expected }));
        }
    }

    fn next(&mut self) -> Option<Entry> {
        self.ready.pop_front()
    }
}

impl Todo {
    fn new(line: u64) -> Self {
        Todo {
            line,
            properties: Vec::new(),
            alarms: Vec::new(),
            faults: Vec::new(),
            text: Vec::new(),
        }
    }

    pub(super) fn first(&self, name: &str) -> Option<&Property> {
        self.all(name).next()
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &Property> {
        self.properties.iter().filter(move |property| property.name == name)
    }
}

impl Line {
    /// Continues the line. Bytes are joined, not texts: a fold may stand inside of a letter.
    fn unfold(&mut self, next: &Line) {
        self.is_too_long |= next.is_too_long || self.bytes.len() > RECORD_BYTES_MAX;
        if !self.is_too_long {
            self.bytes.extend_from_slice(&next.bytes[1..]);
        }
    }
}
