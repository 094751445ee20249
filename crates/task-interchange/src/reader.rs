//! Reading a file of any format: bytes are pushed as they come, tasks are taken as they are
//! complete. Which bytes make a task, and what they say, is each format's own.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::csv::CsvReader;
use crate::fault::Fault;
use crate::format::Format;
use crate::icalendar::ICalendarReader;
use crate::imported::ImportedTask;
use crate::json::JsonReader;
use crate::todotxt::TodoTxtReader;

/// What a file leaves to its reader.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// The zone of dates that name none.
    pub timezone: Tz,
    pub now: DateTime<Utc>,
}

/// One task of a file, or what is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The line it begins at, counted from 1.
    pub line: u64,
    /// What the file says of it, as one text: entries that say the same have the same one.
    pub text: Vec<u8>,
    pub task: Result<ImportedTask, Vec<Fault>>,
}

/// Reads one file. Push bytes, take entries until there are none, push again; then `finish` and
/// take the rest.
pub struct Reader(Box<dyn Records>);

/// What each format does with its bytes.
pub(crate) trait Records {
    fn push(&mut self, bytes: &[u8]);
    /// No bytes will follow.
    fn finish(&mut self);
    fn next(&mut self) -> Option<Entry>;
}

impl Reader {
    pub fn new(format: Format, context: Context) -> Self {
        Reader(match format {
            Format::Json => Box::new(JsonReader::new(context)),
            Format::Csv => Box::new(CsvReader::new(context)),
            Format::TodoTxt => Box::new(TodoTxtReader::new(context)),
            Format::ICalendar => Box::new(ICalendarReader::new(context)),
        })
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.0.push(bytes);
    }

    pub fn finish(&mut self) {
        self.0.finish();
    }

    /// The next complete entry of what was pushed so far.
    pub fn take(&mut self) -> Option<Entry> {
        self.0.next()
    }
}
