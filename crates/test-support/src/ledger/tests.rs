//! A referee that sees nothing is worse than none: each rule is shown what it has to catch.

use serde_json::{Value, json};
use task_contracts::names::Topic;

use super::{Consumed, Event, Ledger, Reminder, Succession, Task, User, rules};
use crate::topics::{Record, Topics};

/// A task that was completed, and its next instance.
struct Data {
    ledger: Ledger,
    topics: Topics,
}

#[track_caller]
fn check(spoil: fn(&mut Data), expected: &str) {
    let mut data = consistent();
    assert_eq!(rules::broken(&data.ledger, &data.topics), Vec::<String>::new());
    spoil(&mut data);
    let broken = rules::broken(&data.ledger, &data.topics);
    assert!(broken.iter().any(|rule| rule.contains(expected)), "{expected:?} is not in {broken:?}");
}

fn consistent() -> Data {
    let events = vec![
        event(1, 1, "task.created", 1, "taskmaster/task-api"),
        event(2, 1, "task.completed", 2, "taskmaster/task-api"),
        event(3, 2, "task.created", 1, "taskmaster/recurrence"),
    ];
    let topics = Topics { records: events.iter().flat_map(published).collect() };
    let ledger = Ledger {
        users: vec![User { id: "u".to_owned(), change_seq: 3, next_task_number: 3, task_count: 2 }],
        tasks: vec![task(1, 2, true), task(2, 1, false)],
        events,
        successions: vec![Succession {
            user: "u".to_owned(),
            series: "s".to_owned(),
            occurrence: 1,
            successor: 2,
        }],
        reminders: Vec::new(),
        inbox: vec![consumed("event-2")],
    };
    Data { ledger, topics }
}

fn task(number: i64, version: i64, is_completed: bool) -> Task {
    Task {
        user: "u".to_owned(),
        number,
        version,
        is_completed,
        is_recurring: true,
        series: Some("s".to_owned()),
        occurrence: Some(number),
    }
}

fn event(seq: i64, number: i64, kind: &str, version: i64, source: &str) -> Event {
    let id = format!("event-{seq}");
    Event {
        position: seq,
        user: "u".to_owned(),
        seq: Some(seq),
        number,
        created_at_ms: 0,
        body: json!({
            "id": id, "type": kind, "source": source, "subject": format!("users/u/tasks/{number}"),
            "data": {
                "event_id": id, "user_id": "u", "sequence": seq, "seq": seq,
                "task_data": {"version": version},
            },
        }),
        id,
    }
}

/// The event on its topic, and its copy on the other.
fn published(event: &Event) -> [Record; 2] {
    let mut copy = event.body.clone();
    copy["id"] = json!(format!("copy of {}", event.id));
    [record(Topic::TaskEvents, event.body.clone()), record(Topic::TaskUpdates, copy)]
}

fn record(topic: Topic, event: Value) -> Record {
    let topic = topic.as_str().to_owned();
    Record { topic, partition: 0, offset: 0, published_at_ms: 0, event }
}

fn consumed(event_id: &str) -> Consumed {
    Consumed { consumer: "recurrence".to_owned(), event_id: event_id.to_owned() }
}

#[test]
fn a_change_without_its_event_is_seen() {
    check(|data| data.ledger.tasks[1].version = 2, "has version Some(2), events for [1]");
    check(|data| drop(data.ledger.events.remove(1)), "has version Some(2), events for [1]");
    check(|data| drop(data.ledger.tasks.remove(1)), "events for [1], 0 deletions");
}

#[test]
fn an_event_without_its_change_is_seen() {
    check(
        |data| data.ledger.events.push(event(4, 1, "task.updated", 3, "taskmaster/task-api")),
        "has version Some(2), events for [1, 2, 3]",
    );
    check(
        |data| data.ledger.events.push(event(4, 1, "task.completed", 2, "taskmaster/task-api")),
        "events for [1, 2, 2]",
    );
}

#[test]
fn a_gap_or_a_swap_in_the_sequence_is_seen() {
    check(|data| data.ledger.users[0].change_seq = 4, "is at change 4, with events [1, 2, 3]");
    check(|data| data.ledger.events.swap(0, 1), "with events [2, 1, 3]");
    check(|data| data.ledger.users[0].task_count = 1, "has tasks [1, 2]");
}

#[test]
fn a_lost_an_invented_and_a_rewritten_message_are_seen() {
    check(|data| drop(data.topics.records.remove(2)), "event event-2 is lost");
    check(|data| drop(data.topics.records.remove(3)), "on one of event log and task-updates only");
    let invent = |data: &mut Data| {
        let invented = event(4, 1, "task.updated", 3, "taskmaster/task-api");
        data.topics.records.extend(published(&invented));
    };
    check(invent, "event event-4 is on its topic, and nothing made it");
    let rewrite = |data: &mut Data| {
        let mut again = data.topics.records[0].clone();
        again.event["data"]["task_data"]["title"] = json!("another");
        data.topics.records.push(again);
    };
    check(rewrite, "published with two contents");
}

#[test]
fn a_repeated_message_is_allowed_and_a_reordered_one_is_not() {
    let mut repeated = consistent();
    let again = repeated.topics.records[0].clone();
    repeated.topics.records.push(again);
    assert_eq!(rules::broken(&repeated.ledger, &repeated.topics), Vec::<String>::new());
    check(|data| data.topics.records.swap(0, 2), "change 1 of u came after change 2");
}

#[test]
fn a_second_successor_and_an_unclaimed_one_are_seen() {
    let double = |data: &mut Data| {
        let mut second = task(3, 1, false);
        second.occurrence = Some(2);
        data.ledger.tasks.push(second);
    };
    check(double, "two tasks at one occurrence");
    check(|data| data.ledger.successions.clear(), "a next instance that no succession knows");
    check(|data| data.ledger.successions[0].successor = 1, "was made 0 times");
}

#[test]
fn a_completion_that_nobody_consumed_is_seen() {
    check(|data| data.ledger.inbox.clear(), "completion event-2 was never consumed");
    check(|data| data.ledger.inbox.push(consumed("x")), "event x was consumed without");
}

#[test]
fn a_change_among_the_dead_letters_is_seen() {
    let bury = |data: &mut Data| {
        let mut buried = data.topics.records[0].clone();
        buried.topic = Topic::TaskEvents.dead_letter().to_owned();
        data.topics.records.push(buried);
    };
    check(bury, "a dead letter");
}

/// A reminder that fell due at its instant, as it should.
fn ring(data: &mut Data, created_at_ms: i64) {
    let user = "0197aaaa-0000-7000-8000-000000000001".to_owned();
    let reminder = Reminder {
        user,
        number: 1,
        n: 0,
        version: 1,
        fire_at_ms: 60_000,
        state: "fired".to_owned(),
    };
    let id = reminder.event_id();
    let body = json!({
        "id": id, "type": "reminder.due", "source": "taskmaster/reminder",
        "data": {"event_id": id, "fire_at": "1970-01-01T00:01:00Z"},
    });
    data.topics.records.push(record(Topic::Reminders, body.clone()));
    let event =
        Event { position: 9, seq: None, number: 1, created_at_ms, id, body, user: "u".into() };
    data.ledger.events.push(event);
    data.ledger.reminders.push(reminder);
}

#[test]
fn a_reminder_that_rang_at_its_instant_breaks_nothing() {
    let mut data = consistent();
    ring(&mut data, 60_000);
    assert_eq!(rules::broken(&data.ledger, &data.topics), Vec::<String>::new());
}

#[test]
fn an_early_a_doubled_and_an_untold_reminder_are_seen() {
    check(|data| ring(data, 59_999), "came early");
    let double = |data: &mut Data| {
        ring(data, 60_000);
        ring(data, 60_000);
    };
    check(double, "came 2 times");
    let untold = |data: &mut Data| {
        ring(data, 60_000);
        data.ledger.events.pop();
        data.topics.records.pop();
    };
    check(untold, "fired without an event");
}
