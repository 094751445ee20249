//! I4: whoever follows the change feed from any cursor ends with what the server has. Sequence
//! numbers have no gap, topics show them in their order, and the last word about each task is its
//! row.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use serde_json::Value;
use task_contracts::names::{EventType, Topic};

use super::{own, user_of};
use crate::ledger::{Event, Ledger, Task};
use crate::topics::Topics;

pub(super) fn violations(ledger: &Ledger, topics: &Topics) -> Vec<String> {
    [sequences(ledger), last_words(ledger), copies(ledger, topics), order(topics)].concat()
}

/// They follow the positions, and end where the user's counter stands.
fn sequences(ledger: &Ledger) -> Vec<String> {
    let wrong = ledger.users.iter().filter_map(|user| {
        let sequence: Vec<i64> = ledger.events_of(&user.id).filter_map(|event| event.seq).collect();
        let is_right = sequence.iter().copied().eq(1..=user.change_seq);
        (!is_right).then(|| {
            let (id, end) = (&user.id, user.change_seq);
            format!("user {id} is at change {end}, with events {sequence:?}")
        })
    });
    wrong.collect()
}

/// A client keeps the latest item about each task, whichever cursor it began at; so the latest one
/// must be the row.
fn last_words(ledger: &Ledger) -> Vec<String> {
    let mut told: BTreeMap<(&str, i64), &Event> = BTreeMap::new();
    for event in ledger.events.iter().filter(|event| event.seq.is_some()) {
        told.insert((&event.user, event.number), event);
    }
    let deleted = EventType::TaskDeleted.as_str();
    told.retain(|_, event| event.kind() != deleted);
    let mut broken = Vec::new();
    for task in &ledger.tasks {
        match told.remove(&(task.user.as_str(), task.number)) {
            None => broken.push(format!("the feed does not end with {task:?}")),
            Some(event) if !is_it(&event.body["data"]["task_data"], task) => {
                broken.push(format!("the feed ends with {}, and the row is {task:?}", event.body));
            }
            Some(_) => {}
        }
    }
    broken.extend(told.values().map(|event| format!("the feed ends with {}", event.body)));
    broken
}

fn is_it(told: &Value, task: &Task) -> bool {
    let due_at = told["due_at"].as_str().and_then(|at| DateTime::parse_from_rfc3339(at).ok());
    told["title"] == task.title.as_str()
        && told["completed"] == task.is_completed
        && told["version"] == task.version
        && told["occurrence"].as_i64() == task.occurrence
        && due_at.map(|at| at.timestamp_millis()) == task.due_at_ms
}

/// Each change stands on `task-updates` too, under its user and sequence number.
fn copies(ledger: &Ledger, topics: &Topics) -> Vec<String> {
    let expected: BTreeSet<(&str, i64)> =
        ledger.events.iter().filter_map(|event| Some((event.user.as_str(), event.seq?))).collect();
    let mut found: BTreeMap<(&str, i64), BTreeSet<&str>> = BTreeMap::new();
    for record in own(topics, Topic::TaskUpdates) {
        let seq = record.event["data"]["seq"].as_i64().unwrap_or_default();
        let id = record.event["id"].as_str().unwrap_or_default();
        found.entry((user_of(record), seq)).or_default().insert(id);
    }
    let doubled = found.iter().filter(|(_, ids)| ids.len() > 1);
    let mut broken: Vec<String> =
        doubled.map(|(change, ids)| format!("change {change:?} has the ids {ids:?}")).collect();
    let found: BTreeSet<_> = found.into_keys().collect();
    broken.extend(
        expected.symmetric_difference(&found).map(|change| {
            format!("change {change:?} is on one of event log and task-updates only")
        }),
    );
    broken
}

/// Whoever reads a topic sees each user's changes in their order, apart from repetitions.
fn order(topics: &Topics) -> Vec<String> {
    let mut last: BTreeMap<&str, i64> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut broken = Vec::new();
    for record in own(topics, Topic::TaskEvents) {
        let data = &record.event["data"];
        let user = data["user_id"].as_str().unwrap_or_default();
        let Some(sequence) = data["sequence"].as_i64() else { continue };
        if !seen.insert((user, sequence)) {
            continue;
        }
        if let Some(before) = last.insert(user, sequence)
            && before >= sequence
        {
            broken.push(format!("change {sequence} of {user} came after change {before}"));
        }
    }
    broken
}
