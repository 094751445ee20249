//! I3: each reminder of a task that is still to be done has fallen due, once, not before its
//! instant, and none after its task was completed, deleted or moved.

use std::collections::BTreeMap;

use task_contracts::names::EventType;

use crate::ledger::{Event, Ledger};

/// The sweep's period, its grace, and a busy machine; what is later than this has been lost.
const LATE_MAX_MS: i64 = 60_000;

pub(super) fn violations(ledger: &Ledger) -> Vec<String> {
    let due = EventType::ReminderDue.as_str();
    let told: Vec<&Event> = ledger.events.iter().filter(|event| event.kind() == due).collect();
    [in_time(&told), once(ledger, &told), still_to_be_done(ledger, &told), lost(ledger)].concat()
}

fn in_time(told: &[&Event]) -> Vec<String> {
    let early = told.iter().filter(|event| event.created_at_ms < event.fire_at_ms());
    early.map(|event| format!("reminder.due {} came early", event.id)).collect()
}

fn once(ledger: &Ledger, told: &[&Event]) -> Vec<String> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for event in told {
        *times.entry(event.id.as_str()).or_default() += 1;
    }
    let doubled = times.iter().filter(|(_, times)| **times > 1);
    let doubled = doubled.map(|(id, times)| format!("reminder.due {id} came {times} times"));
    let fired = ledger.reminders.iter().filter(|reminder| reminder.state == "fired");
    let untold = fired.filter(|reminder| !times.contains_key(reminder.event_id().as_str()));
    let untold = untold.map(|reminder| format!("fired without an event: {reminder:?}"));
    doubled.chain(untold).collect()
}

/// The log tells what the task was when it rang: its last change before.
fn still_to_be_done(ledger: &Ledger, told: &[&Event]) -> Vec<String> {
    let mut changes: BTreeMap<(&str, i64), Vec<&Event>> = BTreeMap::new();
    for event in ledger.events.iter().filter(|event| event.seq.is_some()) {
        changes.entry((&event.user, event.number)).or_default().push(event);
    }
    let wrong = told.iter().filter_map(|rung| {
        let changes = changes.get(&(rung.user.as_str(), rung.number));
        let before = changes
            .and_then(|changes| changes.iter().rfind(|change| change.position < rung.position))?;
        let task = &before.body["data"]["task_data"];
        let is_deleted = before.kind() == EventType::TaskDeleted.as_str();
        let plan = task["reminders"].as_array().map_or(&[][..], Vec::as_slice);
        let is_planned = plan.contains(&rung.body["data"]["reminder"]);
        let is_right = !is_deleted && task["completed"] == false && is_planned;
        (!is_right).then(|| format!("reminder.due {} came after {}", rung.id, before.kind()))
    });
    wrong.collect()
}

fn lost(ledger: &Ledger) -> Vec<String> {
    let overdue = ledger.reminders.iter().filter(|reminder| {
        reminder.state == "pending" && reminder.fire_at_ms + LATE_MAX_MS < ledger.read_at_ms
    });
    overdue.map(|reminder| format!("it never rang: {reminder:?}")).collect()
}
