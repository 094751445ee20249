//! Writing a file of any format, task by task.

use task_domain::Task;

use crate::csv;
use crate::format::Format;
use crate::icalendar::ICalendarWriter;
use crate::json;
use crate::todotxt;

/// Writes one file: `begin`, any number of tasks, `end`. What is written is appended to `out`,
/// which the caller may empty at any time.
pub struct Writer {
    format: Format,
    tasks: u64,
    icalendar: ICalendarWriter,
}

impl Writer {
    pub fn new(format: Format) -> Self {
        Writer { format, tasks: 0, icalendar: ICalendarWriter::default() }
    }

    pub fn begin(&mut self, out: &mut String) {
        match self.format {
            Format::Json => json::begin(out),
            Format::Csv => csv::begin(out),
            Format::TodoTxt => {}
            Format::ICalendar => self.icalendar.begin(out),
        }
    }

    /// `uid` names the task in the file, the same in every file it is ever written to.
    pub fn task(&mut self, uid: &str, task: &Task, out: &mut String) {
        match self.format {
            Format::Json => json::write(uid, task, self.tasks == 0, out),
            Format::Csv => csv::write(uid, task, out),
            Format::TodoTxt => todotxt::write(uid, task, out),
            Format::ICalendar => self.icalendar.task(uid, task, out),
        }
        self.tasks += 1;
    }

    pub fn end(&mut self, out: &mut String) {
        match self.format {
            Format::Json => json::end(out),
            Format::Csv | Format::TodoTxt => {}
            Format::ICalendar => self.icalendar.end(out),
        }
    }
}
