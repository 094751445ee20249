//! I1: a row changes by one version at a time, each version has exactly one event, and each event
//! stands on its topic: neither a change without an event nor an event without a change.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use task_contracts::names::{EventType, Topic};

use super::own;
use crate::ledger::{Event, Ledger, Task};
use crate::topics::Topics;

pub(super) fn violations(ledger: &Ledger, topics: &Topics) -> Vec<String> {
    [versions(ledger), counters(ledger), published(ledger, topics)].concat()
}

fn versions(ledger: &Ledger) -> Vec<String> {
    let rows: BTreeMap<_, &Task> =
        ledger.tasks.iter().map(|task| ((task.user.as_str(), task.number), task)).collect();
    let mut events: BTreeMap<_, Vec<&Event>> = BTreeMap::new();
    for event in ledger.events.iter().filter(|event| event.seq.is_some()) {
        events.entry((event.user.as_str(), event.number)).or_default().push(event);
    }
    let tasks: BTreeSet<_> = rows.keys().chain(events.keys()).copied().collect();
    let mut broken = Vec::new();
    for task in tasks {
        let events = events.get(&task).map_or(&[][..], Vec::as_slice);
        let deleted = EventType::TaskDeleted.as_str();
        let changes = events.iter().filter(|event| event.kind() != deleted);
        let versions: Vec<i64> = changes.map(|event| event.version()).collect();
        let deletions = events.len() - versions.len();
        let last = versions.len() as i64;
        let is_whole = versions.iter().copied().eq(1..=last);
        let is_right = match rows.get(&task) {
            Some(row) => is_whole && row.version == last && deletions == 0,
            None => is_whole && last > 0 && deletions == 1,
        };
        if !is_right {
            let row = rows.get(&task).map(|row| row.version);
            broken.push(format!(
                "task {task:?} has version {row:?}, events for {versions:?}, {deletions} deletions"
            ));
        }
    }
    broken
}

fn counters(ledger: &Ledger) -> Vec<String> {
    let wrong = ledger.users.iter().filter_map(|user| {
        let numbers: Vec<i64> =
            ledger.tasks.iter().filter(|it| it.user == user.id).map(|it| it.number).collect();
        let highest = numbers.iter().copied().max().unwrap_or_default();
        let is_right = numbers.len() as i64 == user.task_count && highest < user.next_task_number;
        (!is_right).then(|| format!("{user:?} has tasks {numbers:?}"))
    });
    wrong.collect()
}

/// Each event of the log stands on the topic of its type, and nothing else does. It may stand there
/// more than once, but always as the same event.
fn published(ledger: &Ledger, topics: &Topics) -> Vec<String> {
    let mut broken = Vec::new();
    for topic in [Topic::TaskEvents, Topic::Reminders] {
        let of_topic = ledger.events.iter().filter(|event| event.topic() == Some(topic));
        let expected: BTreeSet<&str> = of_topic.map(|event| event.id.as_str()).collect();
        let mut found: BTreeMap<&str, &Value> = BTreeMap::new();
        for record in own(topics, topic) {
            let id = record.event["id"].as_str().unwrap_or_default();
            if *found.entry(id).or_insert(&record.event) != &record.event {
                broken.push(format!("event {id} was published with two contents"));
            }
        }
        let lost = expected.iter().filter(|id| !found.contains_key(*id));
        broken.extend(lost.map(|id| format!("event {id} is lost: it is not on its topic")));
        let invented = found.keys().filter(|id| !expected.contains(*id));
        let invented =
            invented.map(|id| format!("event {id} is on its topic, and nothing made it"));
        broken.extend(invented);
    }
    broken
}
