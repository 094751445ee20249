//! The invariants, each as what breaks it. They hold of quiet data: nothing pending, nothing
//! undelivered.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use task_contracts::names::{EventType, Topic};

use super::{Event, Ledger, Task};
use crate::topics::{Record, Topics};

/// Events of this project; a test's own messages on the same topics are nobody's change.
const OWN_SOURCE: &str = "taskmaster/";
const RECURRENCE: &str = "taskmaster/recurrence";

pub(super) fn broken(ledger: &Ledger, topics: &Topics) -> Vec<String> {
    [
        versions(ledger),
        sequences(ledger),
        counters(ledger),
        published(ledger, topics),
        copies(ledger, topics),
        order(topics),
        dead_letters(topics),
        successions(ledger),
        reminders(ledger),
        inbox(ledger, topics),
    ]
    .concat()
}

/// A row changes by one version at a time, and each version has exactly one event: neither a
/// change without an event nor an event without a change.
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

/// Sequence numbers have no gap, follow the positions, and end where the user's counter stands.
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

/// Each change stands on `task-updates` too, under its user and sequence number.
fn copies(ledger: &Ledger, topics: &Topics) -> Vec<String> {
    let expected: BTreeSet<(String, i64)> =
        ledger.events.iter().filter_map(|event| Some((event.user.clone(), event.seq?))).collect();
    let mut found: BTreeMap<(String, i64), BTreeSet<&str>> = BTreeMap::new();
    for record in own(topics, Topic::TaskUpdates) {
        let subject = record.event["subject"].as_str().unwrap_or_default();
        let user = subject.split('/').nth(1).unwrap_or_default().to_owned();
        let seq = record.event["data"]["seq"].as_i64().unwrap_or_default();
        let id = record.event["id"].as_str().unwrap_or_default();
        found.entry((user, seq)).or_default().insert(id);
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

fn dead_letters(topics: &Topics) -> Vec<String> {
    let buried = Topic::ALL.into_iter().flat_map(|topic| topics.on(topic.dead_letter()));
    let own = buried.filter(|record| is_own(record));
    own.map(|record| format!("a dead letter: {}", record.event)).collect()
}

/// One next instance for each completed occurrence: claimed once, made once, by one event.
fn successions(ledger: &Ledger) -> Vec<String> {
    let mut broken = Vec::new();
    let mut places = BTreeSet::new();
    for task in &ledger.tasks {
        let Some(series) = &task.series else { continue };
        if !places.insert((&task.user, series, task.occurrence)) {
            broken.push(format!("two tasks at one occurrence of a series: {task:?}"));
        }
    }
    let created = EventType::TaskCreated.as_str();
    for succession in &ledger.successions {
        let makes = |event: &&Event| {
            let is_created = event.kind() == created && event.source() == RECURRENCE;
            let is_it = event.user == succession.user && event.number == succession.successor;
            is_created && is_it
        };
        let times = ledger.events.iter().filter(makes).count();
        if times != 1 {
            broken.push(format!("{succession:?} was made {times} times"));
        }
    }
    let made: BTreeSet<_> = ledger.successions.iter().map(|it| (&it.user, it.successor)).collect();
    for task in ledger.tasks.iter().filter(|task| task.occurrence > Some(1)) {
        // A skipped occurrence moves on within its row, so not every later one is a successor.
        let by_recurrence = ledger.events.iter().any(|event| {
            (&event.user, event.number) == (&task.user, task.number) && event.source() == RECURRENCE
        });
        if by_recurrence && !made.contains(&(&task.user, task.number)) {
            broken.push(format!("a next instance that no succession knows: {task:?}"));
        }
    }
    broken
}

/// A reminder that fired has told so once, and none told so before its instant.
fn reminders(ledger: &Ledger) -> Vec<String> {
    let due = EventType::ReminderDue.as_str();
    let mut told: BTreeMap<&str, usize> = BTreeMap::new();
    let mut broken = Vec::new();
    for event in ledger.events.iter().filter(|event| event.kind() == due) {
        *told.entry(event.id.as_str()).or_default() += 1;
        if event.created_at_ms < event.fire_at_ms() {
            broken.push(format!("reminder.due {} came early", event.id));
        }
    }
    let doubled = told.iter().filter(|(_, times)| **times > 1);
    broken.extend(doubled.map(|(id, times)| format!("reminder.due {id} came {times} times")));
    let fired = ledger.reminders.iter().filter(|reminder| reminder.state == "fired");
    let untold = fired.filter(|reminder| !told.contains_key(reminder.event_id().as_str()));
    broken.extend(untold.map(|reminder| format!("fired without an event: {reminder:?}")));
    broken
}

/// Every completion and every due reminder was consumed, and nothing was that did not happen.
fn inbox(ledger: &Ledger, topics: &Topics) -> Vec<String> {
    let consumed: BTreeSet<&str> = ledger.inbox.iter().map(|it| it.event_id.as_str()).collect();
    let completed = EventType::TaskCompleted.as_str();
    let completions = ledger.events.iter().filter(|event| event.kind() == completed);
    let missed = completions.filter(|event| !consumed.contains(event.id.as_str()));
    let mut broken: Vec<String> =
        missed.map(|event| format!("completion {} was never consumed", event.id)).collect();
    let published: BTreeSet<&str> = [Topic::TaskEvents, Topic::Reminders]
        .into_iter()
        .flat_map(|topic| topics.on(topic.as_str()))
        .filter_map(|record| record.event["data"]["event_id"].as_str())
        .collect();
    let invented = consumed.difference(&published);
    broken.extend(invented.map(|id| format!("event {id} was consumed without being published")));
    broken
}

fn own(topics: &Topics, topic: Topic) -> impl Iterator<Item = &Record> {
    topics.on(topic.as_str()).filter(|record| is_own(record))
}

fn is_own(record: &Record) -> bool {
    record.event["source"].as_str().is_some_and(|source| source.starts_with(OWN_SOURCE))
}
