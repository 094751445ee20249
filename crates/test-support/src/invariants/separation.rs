//! I6: no row crosses users: whatever names a user and a task names a task of that user.

use std::collections::{BTreeMap, BTreeSet};

use task_contracts::names::Topic;

use super::{own, user_of};
use crate::ledger::Ledger;
use crate::topics::Topics;

pub(super) fn violations(ledger: &Ledger, topics: &Topics) -> Vec<String> {
    [owners(ledger), bodies(ledger), messages(topics), series(ledger), deliveries(ledger)].concat()
}

/// Each row belongs to somebody, and to a task that this somebody had.
fn owners(ledger: &Ledger) -> Vec<String> {
    let highest: BTreeMap<&str, i64> =
        ledger.users.iter().map(|user| (user.id.as_str(), user.next_task_number)).collect();
    let has = |user: &str, number: i64| highest.get(user).is_some_and(|next| number < *next);
    let tasks = ledger.tasks.iter().map(|it| (it.user.as_str(), it.number, "task"));
    let events = ledger.events.iter().map(|it| (it.user.as_str(), it.number, "event"));
    let reminders = ledger.reminders.iter().map(|it| (it.user.as_str(), it.number, "reminder"));
    let successions =
        ledger.successions.iter().map(|it| (it.user.as_str(), it.successor, "succession"));
    let deliveries = ledger.deliveries.iter().map(|it| (it.user.as_str(), 0, "delivery"));
    let rows = tasks.chain(events).chain(reminders).chain(successions).chain(deliveries);
    let strays = rows.filter(|(user, number, _)| !has(user, *number));
    strays
        .map(|(user, number, row)| format!("a {row} of {user}, who had no task {number}"))
        .collect()
}

/// An event speaks of the user in whose log it stands.
fn bodies(ledger: &Ledger) -> Vec<String> {
    let wrong = ledger.events.iter().filter(|event| {
        let subject = event.body["subject"].as_str().unwrap_or_default();
        let subject = subject.split('/').nth(1).unwrap_or(&event.user);
        event.body["data"]["user_id"] != event.user.as_str() || subject != event.user
    });
    wrong.map(|event| format!("in the log of {} stands {}", event.user, event.body)).collect()
}

fn messages(topics: &Topics) -> Vec<String> {
    let records = [Topic::TaskEvents, Topic::Reminders].into_iter().flat_map(|it| own(topics, it));
    let wrong = records.filter(|record| record.event["data"]["user_id"] != user_of(record));
    wrong.map(|record| format!("a message about two users: {}", record.event)).collect()
}

/// A series is one user's.
fn series(ledger: &Ledger) -> Vec<String> {
    let mut owners: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for task in &ledger.tasks {
        if let Some(series) = &task.series {
            owners.entry(series).or_default().insert(&task.user);
        }
    }
    for succession in &ledger.successions {
        owners.entry(&succession.series).or_default().insert(&succession.user);
    }
    let shared = owners.iter().filter(|(_, users)| users.len() > 1);
    shared.map(|(series, users)| format!("series {series} belongs to {users:?}")).collect()
}

/// A message goes to channels of the user whom its event is about.
fn deliveries(ledger: &Ledger) -> Vec<String> {
    let owners: BTreeMap<&str, &str> =
        ledger.events.iter().map(|it| (it.id.as_str(), it.user.as_str())).collect();
    let wrong = ledger.deliveries.iter().filter(|delivery| {
        owners.get(delivery.event_id.as_str()).is_some_and(|owner| *owner != delivery.user)
    });
    wrong.map(|delivery| format!("somebody else is told: {delivery:?}")).collect()
}
