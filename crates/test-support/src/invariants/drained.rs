//! I5: nothing is left in between: no event in the outbox, none that its consumer never saw, no
//! message that nobody sends, no letter of ours among the dead.

use std::collections::BTreeSet;

use task_contracts::names::{EventType, Topic};

use super::is_own;
use crate::ledger::Ledger;
use crate::topics::Topics;

/// Twice the longest lease: whoever held it is dead, and nobody took over.
const OVERDUE_MAX_MS: i64 = 60_000;

pub(super) fn violations(ledger: &Ledger, topics: &Topics) -> Vec<String> {
    [outbox(ledger), inbox(ledger, topics), deliveries(ledger), dead_letters(topics)].concat()
}

fn outbox(ledger: &Ledger) -> Vec<String> {
    let pending = ledger.events.iter().filter(|event| event.is_pending);
    pending.map(|event| format!("event {} is still in the outbox", event.id)).collect()
}

/// Every completion and every due reminder was consumed, and nothing was that did not happen.
fn inbox(ledger: &Ledger, topics: &Topics) -> Vec<String> {
    let consumed: BTreeSet<&str> = ledger.inbox.iter().map(|it| it.event_id.as_str()).collect();
    let wanted = [EventType::TaskCompleted, EventType::ReminderDue];
    let wanted = ledger
        .events
        .iter()
        .filter(|event| wanted.iter().any(|wanted| event.kind() == wanted.as_str()));
    let missed = wanted.filter(|event| !consumed.contains(event.id.as_str()));
    let mut broken: Vec<String> =
        missed.map(|event| format!("{} {} was never consumed", event.kind(), event.id)).collect();
    let published: BTreeSet<&str> = [Topic::TaskEvents, Topic::Reminders]
        .into_iter()
        .flat_map(|topic| topics.on(topic.as_str()))
        .filter_map(|record| record.event["data"]["event_id"].as_str())
        .collect();
    let invented = consumed.difference(&published);
    broken.extend(invented.map(|id| format!("event {id} was consumed without being published")));
    broken
}

fn deliveries(ledger: &Ledger) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let wrong = ledger.deliveries.iter().filter_map(|delivery| {
        let is_overdue = delivery.state == "pending"
            && delivery.due_at_ms.is_none_or(|due| due + OVERDUE_MAX_MS < ledger.read_at_ms);
        let is_doubled = !seen.insert((&delivery.event_id, &delivery.channel));
        (is_overdue || is_doubled).then(|| format!("overdue or doubled: {delivery:?}"))
    });
    wrong.collect()
}

fn dead_letters(topics: &Topics) -> Vec<String> {
    let buried = Topic::ALL.into_iter().flat_map(|topic| topics.on(topic.dead_letter()));
    let own = buried.filter(|record| is_own(record));
    own.map(|record| format!("a dead letter: {}", record.event)).collect()
}
