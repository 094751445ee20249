//! Between the domain and the wire. A JSON name changes here and nowhere else.

mod account;
mod recurrence;
mod task;
mod time;

pub(crate) use account::{
    QuietSpan, email, name_from, no_email, own_email, parse_quiet_hours, person_name, quiet_hours,
};
pub(crate) use recurrence::{parse_recurrence, parse_rule};
pub(crate) use task::{
    new_series, parse_reminders, parse_subtasks, parse_tags, priority, record, reminder, task,
};
pub(crate) use task_interchange::instant::write as instant;
pub(crate) use time::{parse_instant, timezone};
