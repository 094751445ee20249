//! A referee that sees nothing is worse than none: each rule is shown what it has to catch.

use serde_json::{Value, json};
use task_contracts::names::Topic;

use test_support::invariants::violations;
use test_support::ledger::{Consumed, Delivery, Event, Ledger, Reminder, Succession, Task, User};
use test_support::topics::{Record, Topics};

const USER: &str = "0197aaaa-0000-7000-8000-000000000001";
const RINGS_AT: &str = "1970-01-01T00:01:00Z";

/// A task that was completed, and its next instance.
struct Data {
    ledger: Ledger,
    topics: Topics,
}

#[track_caller]
fn check(spoil: fn(&mut Data), expected: &str) {
    let mut data = consistent();
    assert_eq!(violations(&data.ledger, &data.topics), []);
    spoil(&mut data);
    let broken = violations(&data.ledger, &data.topics);
    let is_seen = broken.iter().any(|(_, violation)| violation.contains(expected));
    assert!(is_seen, "{expected:?} is not in {broken:?}");
}

fn consistent() -> Data {
    let events = vec![
        event(1, 1, "task.created", 1, "taskmaster/task-api"),
        event(2, 1, "task.completed", 2, "taskmaster/task-api"),
        event(3, 2, "task.created", 1, "taskmaster/recurrence"),
    ];
    let topics = Topics { records: events.iter().flat_map(published).collect() };
    let ledger = Ledger {
        users: vec![user(USER)],
        tasks: vec![task(1, 2, true), task(2, 1, false)],
        events,
        successions: vec![Succession {
            user: USER.to_owned(),
            series: "s".to_owned(),
            occurrence: 1,
            successor: 2,
        }],
        inbox: vec![consumed("event-2")],
        ..Ledger::default()
    };
    Data { ledger, topics }
}

fn task(number: i64, version: i64, is_completed: bool) -> Task {
    Task {
        user: USER.to_owned(),
        number,
        version,
        is_completed,
        rule: Some(r#"{"rule":"FREQ=DAILY"}"#.to_owned()),
        series: Some("s".to_owned()),
        occurrence: Some(number),
        title: "t".to_owned(),
        due_at_ms: None,
    }
}

fn user(id: &str) -> User {
    User { id: id.to_owned(), change_seq: 3, next_task_number: 3, task_count: 2, is_ended: false }
}

fn event(seq: i64, number: i64, kind: &str, version: i64, source: &str) -> Event {
    let id = format!("event-{seq}");
    Event {
        position: seq,
        user: USER.to_owned(),
        seq: Some(seq),
        number,
        created_at_ms: 0,
        is_pending: false,
        body: json!({
            "id": id, "type": kind, "source": source,
            "subject": format!("users/{USER}/tasks/{number}"),
            "data": {
                "event_id": id, "user_id": USER, "sequence": seq, "seq": seq,
                "task_data": {
                    "version": version, "title": "t", "occurrence": number,
                    "completed": version == 2, "reminders": [{"at": RINGS_AT}],
                },
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
    assert_eq!(violations(&repeated.ledger, &repeated.topics), []);
    check(|data| data.topics.records.swap(0, 2), "came after change 2");
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
    check(|data| data.ledger.inbox.clear(), "task.completed event-2 was never consumed");
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

/// The reminder of the next instance fell due at its instant, as it should.
fn ring(data: &mut Data, created_at_ms: i64) {
    let reminder = Reminder {
        user: USER.to_owned(),
        number: 2,
        n: 0,
        version: 1,
        fire_at_ms: 60_000,
        state: "fired".to_owned(),
    };
    let id = reminder.event_id();
    let body = json!({
        "id": id, "type": "reminder.due", "source": "taskmaster/reminder",
        "subject": format!("users/{USER}/tasks/2"),
        "data": {
            "event_id": id, "user_id": USER, "fire_at": RINGS_AT, "reminder": {"at": RINGS_AT},
        },
    });
    data.topics.records.push(record(Topic::Reminders, body.clone()));
    data.ledger.inbox.push(consumed(&id));
    data.ledger.events.push(Event {
        position: 9,
        user: USER.to_owned(),
        seq: None,
        number: 2,
        created_at_ms,
        is_pending: false,
        id,
        body,
    });
    data.ledger.reminders.push(reminder);
}

#[test]
fn a_reminder_that_rang_at_its_instant_breaks_nothing() {
    let mut data = consistent();
    ring(&mut data, 60_000);
    assert_eq!(violations(&data.ledger, &data.topics), []);
}

#[test]
fn an_early_a_doubled_a_lost_and_an_untold_reminder_are_seen() {
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
        data.ledger.inbox.pop();
    };
    check(untold, "fired without an event");
    let lose = |data: &mut Data| {
        ring(data, 60_000);
        data.ledger.reminders[0].state = "pending".to_owned();
        data.ledger.read_at_ms = 1_000_000;
    };
    check(lose, "it never rang");
}

#[test]
fn a_reminder_of_a_task_that_is_done_or_moved_is_seen() {
    let of_the_done_one = |data: &mut Data| {
        ring(data, 60_000);
        data.ledger.events[3].number = 1;
    };
    check(of_the_done_one, "came after task.completed");
    let of_a_moved_one = |data: &mut Data| {
        ring(data, 60_000);
        data.ledger.events[2].body["data"]["task_data"]["reminders"] = json!([]);
    };
    check(of_a_moved_one, "came after task.created");
}

#[test]
fn a_completion_without_a_successor_is_seen_unless_the_series_ends() {
    let stop = |data: &mut Data| {
        data.ledger.tasks.pop();
        data.ledger.events.pop();
        data.ledger.successions.clear();
    };
    check(stop, "completed, and nothing follows");
    let mut ending = consistent();
    stop(&mut ending);
    ending.ledger.tasks[0].rule = Some(r#"{"rule":"FREQ=DAILY;COUNT=1"}"#.to_owned());
    let seen = violations(&ending.ledger, &ending.topics);
    assert!(seen.iter().all(|(_, what)| !what.contains("nothing follows")), "{seen:?}");
}

#[test]
fn a_feed_that_leads_elsewhere_than_to_the_rows_is_seen() {
    check(|data| data.ledger.tasks[1].title = "other".to_owned(), "and the row is");
    check(|data| data.ledger.tasks[1].due_at_ms = Some(1), "and the row is");
    check(|data| drop(data.ledger.tasks.pop()), "the feed ends with");
    check(|data| drop(data.ledger.events.pop()), "the feed does not end with");
}

#[test]
fn what_is_left_in_between_is_seen() {
    check(|data| data.ledger.events[0].is_pending = true, "is still in the outbox");
    let waiting = |due_at_ms| Delivery {
        user: USER.to_owned(),
        event_id: "event-1".to_owned(),
        channel: "c".to_owned(),
        state: "pending".to_owned(),
        due_at_ms,
    };
    let mut patient = consistent();
    patient.ledger.deliveries.push(waiting(Some(0)));
    assert_eq!(violations(&patient.ledger, &patient.topics), []);
    patient.ledger.read_at_ms = 1_000_000;
    assert_eq!(violations(&patient.ledger, &patient.topics).len(), 1);
    patient.ledger.deliveries = vec![waiting(Some(2_000_000)), waiting(Some(2_000_000))];
    assert_eq!(violations(&patient.ledger, &patient.topics).len(), 1);
}

#[test]
fn a_row_that_crosses_users_is_seen() {
    check(|data| data.ledger.tasks[1].user = "v".to_owned(), "a task of v, who had no task 2");
    check(|data| data.ledger.events[0].body["data"]["user_id"] = json!("v"), "in the log of");
    check(
        |data| data.topics.records[0].event["subject"] = json!("users/v/tasks/1"),
        "a message about two users",
    );
    let share = |data: &mut Data| {
        let second = Succession { user: "v".to_owned(), ..data.ledger.successions[0].clone() };
        data.ledger.successions.push(second);
    };
    check(share, "series s belongs to");
    let tell = |data: &mut Data| {
        data.ledger.users.push(User { change_seq: 0, task_count: 0, ..user("v") });
        data.ledger.deliveries.push(Delivery {
            user: "v".to_owned(),
            event_id: "event-1".to_owned(),
            channel: "c".to_owned(),
            state: "delivered".to_owned(),
            due_at_ms: None,
        });
    };
    check(tell, "somebody else is told");
}

#[test]
fn an_account_that_ended_leaves_its_messages_and_breaks_nothing() {
    let mut data = consistent();
    let farewell = json!({
        "id": "bye", "type": "user.deleted", "source": "taskmaster/task-api",
        "subject": format!("users/{USER}"), "data": {"event_id": "bye", "user_id": USER},
    });
    data.topics.records.push(record(Topic::TaskEvents, farewell));
    // It goes piece by piece.
    data.ledger.users[0].is_ended = true;
    data.ledger.events.clear();
    assert_eq!(violations(&data.ledger, &data.topics), []);
    data.ledger = Ledger { inbox: data.ledger.inbox, ..Ledger::default() };
    assert_eq!(violations(&data.ledger, &data.topics), []);
}
