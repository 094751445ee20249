//! Between the domain and the wire. A JSON name changes here and nowhere else.

mod duration;
mod recurrence;
mod task;
mod time;

pub(crate) use recurrence::parse_recurrence;
pub(crate) use task::{
    new_series, parse_reminders, parse_subtasks, parse_tags, priority, record, task,
};
pub(crate) use time::{instant, parse_instant, timezone};
