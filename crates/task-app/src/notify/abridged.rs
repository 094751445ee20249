//! A reminder's data for programs, which may count on bodies below 20 kB. A task with many long
//! subtasks is larger: then it is told without them, and says so.

use notification_protocol::webhook::BODY_BYTES_MAX;
use serde::Serialize;
use task_contracts::events::ReminderDue;

/// Room for what stands around the data: type and timestamp.
const AROUND_BYTES: usize = 500;

#[derive(Serialize)]
struct Data<'d> {
    #[serde(flatten)]
    due: &'d ReminderDue,
    /// Left out of `task_data`, because the whole was too long; ask the API for the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    omitted: Option<&'static [&'static str]>,
}

pub(super) fn webhook_data(due: &ReminderDue) -> Option<String> {
    let whole = write(due, None)?;
    if fits(&whole) {
        return Some(whole);
    }
    let mut shorter = due.clone();
    shorter.task_data.subtasks.clear();
    write(&shorter, Some(&["subtasks"]))
}

fn write(due: &ReminderDue, omitted: Option<&'static [&'static str]>) -> Option<String> {
    serde_json::to_string(&Data { due, omitted }).ok()
}

fn fits(data: &str) -> bool {
    data.len() + AROUND_BYTES <= BODY_BYTES_MAX
}
