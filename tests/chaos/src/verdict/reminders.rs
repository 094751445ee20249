//! I3 against the log and the receiver: what rang was to ring then, what was to ring has rung, and
//! each ring arrived as one message.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use serde_json::Value;
use task_contracts::names::EventType;
use task_interchange::duration;
use test_support::Ledger;
use test_support::invariants::Invariant;
use test_support::ledger::Event;

use super::Changes;
use crate::findings::TaskKey;
use crate::run::Run;
use crate::stage::CLOCK_OFFSET_MAX_MS;

/// Gives how many rings, and reminders that had to ring, were looked at.
pub(super) fn check(run: &Run, ledger: &Ledger, changes: &Changes<'_>) -> u64 {
    let due = EventType::ReminderDue.as_str();
    let rings: Vec<&Event> = ledger.events.iter().filter(|event| event.kind() == due).collect();
    let mut checked = 0;
    for ring in &rings {
        checked += 1;
        let task = TaskKey::new(&ring.user, ring.number);
        let before = changes.get(&task).and_then(|events| last_before(events, ring.position));
        if let Some(what) = out_of_turn(ring, before) {
            run.findings.of_task(Invariant::EachReminderRingsOnceInTime, task, what);
        }
    }
    let last_ring_ms = run.last_ring_ms();
    let rung: BTreeSet<(&str, i64, i64)> =
        rings.iter().map(|ring| (ring.user.as_str(), ring.number, ring.fire_at_ms())).collect();
    for (task, events) in changes {
        for instant in to_have_rung(events, last_ring_ms) {
            checked += 1;
            if !rung.contains(&(task.user.as_str(), task.number, instant)) {
                let what = format!("the reminder at {instant} never rang");
                run.findings.of_task(Invariant::EachReminderRingsOnceInTime, task.clone(), what);
            }
        }
    }
    arrivals(run, &rings);
    checked
}

fn last_before<'e>(events: &[&'e Event], position: i64) -> Option<&'e Event> {
    events.iter().rev().find(|event| event.position < position).copied()
}

/// Why a ring was none of this task as it was then.
pub(super) fn out_of_turn(ring: &Event, before: Option<&Event>) -> Option<String> {
    let Some(before) = before else { return Some(format!("it rang before it was: {}", ring.body)) };
    let fire_at = ring.fire_at_ms();
    let reason = if before.kind() == EventType::TaskDeleted.as_str() {
        "it was deleted"
    } else if !instants(before).contains(&fire_at) {
        "it was completed, or its reminder moved"
    } else if ring.created_at_ms < fire_at {
        "it was too early"
    } else {
        return None;
    };
    Some(format!("it rang for {fire_at}, and {reason}: {}", ring.body))
}

/// The instants at which the task rings as this change left it; none when it is done with.
fn instants(event: &Event) -> Vec<i64> {
    let task = &event.body["data"]["task_data"];
    if task["completed"] == true || event.kind() == EventType::TaskDeleted.as_str() {
        return Vec::new();
    }
    let due_at = ms(&task["due_at"]);
    let instant = |reminder: &Value| {
        let before = reminder["before"].as_str().and_then(duration::parse);
        ms(&reminder["at"]).or(due_at.zip(before).map(|(due, it)| due - it.num_milliseconds()))
    };
    task["reminders"].as_array().into_iter().flatten().filter_map(instant).collect()
}

fn ms(instant: &Value) -> Option<i64> {
    let parsed = DateTime::parse_from_rfc3339(instant.as_str()?).ok()?;
    Some(parsed.timestamp_millis())
}

/// The instants of a task's last state that had not passed when they were set, and have by now.
pub(super) fn to_have_rung(events: &[&Event], last_ring_ms: i64) -> Vec<i64> {
    let Some(last) = events.last() else { return Vec::new() };
    let was_set_in_time = |instant: &i64| {
        let standing = events.iter().rev().take_while(|event| instants(event).contains(instant));
        standing.last().is_some_and(|first| first.created_at_ms <= *instant)
    };
    let passed = instants(last).into_iter().filter(|instant| *instant <= last_ring_ms);
    passed.filter(was_set_in_time).collect()
}

/// Each ring is one message to its user, however many copies of it came, and none else came.
fn arrivals(run: &Run, rings: &[&Event]) {
    let broken = |ring: &Event, what: String| {
        let task = TaskKey::new(&ring.user, ring.number);
        run.findings.of_task(Invariant::EachReminderRingsOnceInTime, task, what);
    };
    let messages = run.receiver.messages();
    let mut of_event: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, message) in &messages {
        let event = message.data["event_id"].as_str().unwrap_or_default();
        of_event.entry(event).or_default().push(id);
    }
    for ring in rings {
        let ids = of_event.remove(ring.id.as_str()).unwrap_or_default();
        if ids.len() != 1 {
            broken(ring, format!("ring {} arrived as the messages {ids:?}", ring.id));
        }
        for message in ids.iter().filter_map(|id| messages.get(*id)) {
            if message.came_at_ms + CLOCK_OFFSET_MAX_MS < ring.fire_at_ms() {
                broken(ring, format!("it arrived at {}: {}", message.came_at_ms, ring.body));
            }
        }
    }
    for (event, ids) in of_event {
        let what = format!("the messages {ids:?} tell of {event}, which never was");
        run.findings.of_all(Invariant::EachReminderRingsOnceInTime, what);
    }
}
