//! iCalendar (RFC 5545): the VTODO components of a calendar. Events and journals are no tasks and
//! are passed over.

mod alarm;
mod content_line;
mod moment;
mod output;
mod read;
mod reader;
mod rule;
mod write;
mod zone;

pub(crate) use reader::ICalendarReader;
pub(crate) use write::ICalendarWriter;

/// Parameters and properties of our own; other programs keep or drop them.
mod own {
    pub(super) const TIMEZONE: &str = "X-TASKMASTER-TIMEZONE";
    pub(super) const OCCURRENCE: &str = "X-TASKMASTER-OCCURRENCE";
    pub(super) const SUBTASK: &str = "X-TASKMASTER-SUBTASK";
    pub(super) const COMPLETED: &str = "X-TASKMASTER-COMPLETED";
    pub(super) const MILLISECONDS: &str = "X-TASKMASTER-MS";
    pub(super) const RULE: &str = "X-TASKMASTER-RULE";
    pub(super) const BASIS: &str = "X-TASKMASTER-BASIS";
    pub(super) const ANCHOR: &str = "X-TASKMASTER-ANCHOR";
}
