//! A referee that sees nothing is worse than none: each rule is shown what it has to catch.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use test_support::ledger::Event;

use super::changes::{is_accounted_for, unlike};
use super::reminders::{out_of_turn, to_have_rung};
use super::series::made_by_recurrence;
use super::{Changes, TaskKey};
use crate::journal::{Entry, Told};
use crate::load::Deed;

const AT: &str = "2026-11-21T10:00:00.000Z";
const AT_MS: i64 = 1_795_255_200_000;
const NEVER: [i64; 0] = [];

fn event(position: i64, kind: &str, source: &str, task: Value) -> Event {
    let data = json!({"user_id": "u", "fire_at": AT, "task_data": task});
    Event {
        position,
        user: "u".to_owned(),
        seq: Some(position),
        id: format!("event-{position}"),
        number: 1,
        created_at_ms: AT_MS - 1_000,
        is_pending: false,
        body: json!({"type": kind, "source": source, "data": data}),
    }
}

fn by_hand(position: i64, kind: &str, task: Value) -> Event {
    event(position, kind, "taskmaster/task-api", task)
}

fn task(version: i64, completed: bool) -> Value {
    json!({
        "id": 0, "version": version, "title": "t", "completed": completed, "series_id": "s",
        "occurrence": 1, "reminders": [{"at": AT}],
    })
}

fn told(deed: Deed, told: Told) -> Entry {
    Entry { at: Duration::ZERO, deed, key: "k".to_owned(), attempts: 1, told }
}

fn completed() -> Entry {
    let mut task = task(2, true);
    task["id"] = json!(1);
    told(Deed::Complete, Told::Changed(task))
}

#[test]
fn an_answer_is_one_event_that_says_the_same() {
    let right = by_hand(2, "task.completed", task(2, true));
    assert_eq!(unlike(&completed(), &[&right]), None);
    let lost = unlike(&completed(), &[]).expect("a lost event is seen");
    assert!(lost.contains("has 0 events"), "{lost}");
    let doubled = unlike(&completed(), &[&right, &right]).expect("a doubled event is seen");
    assert!(doubled.contains("has 2 events"), "{doubled}");
    let other = by_hand(2, "task.completed", task(2, false));
    assert!(unlike(&completed(), &[&other]).is_some());
    let as_update = by_hand(2, "task.updated", task(2, true));
    assert!(unlike(&completed(), &[&as_update]).is_some());
    let deleted = told(Deed::Delete, Told::Deleted);
    assert!(unlike(&deleted, &[&right]).is_some());
    let deletion = by_hand(3, "task.deleted", task(2, true));
    assert_eq!(unlike(&deleted, &[&right, &deletion]), None);
}

#[test]
fn an_event_that_nobody_was_told_of_is_a_stray() {
    let none = BTreeSet::new();
    let second = by_hand(2, "task.completed", task(2, true));
    assert!(is_accounted_for(&second, &[completed()], &none));
    assert!(!is_accounted_for(&second, &[], &none));
    let made = event(3, "task.created", "taskmaster/recurrence", task(1, false));
    assert!(is_accounted_for(&made, &[], &none));
    let mut next = task(1, false);
    next["occurrence"] = json!(2);
    let deletion = by_hand(4, "task.deleted", next);
    assert!(!is_accounted_for(&deletion, &[], &none));
    let reopened = BTreeSet::from([("u".to_owned(), "s".to_owned(), 1)]);
    assert!(is_accounted_for(&deletion, &[], &reopened));
}

#[test]
fn a_ring_is_one_of_the_task_as_it_was_then() {
    let mut ring = by_hand(5, "reminder.due", task(1, false));
    ring.created_at_ms = AT_MS;
    let open = by_hand(1, "task.created", task(1, false));
    assert_eq!(out_of_turn(&ring, Some(&open)), None);
    let mut early = ring.clone();
    early.created_at_ms = AT_MS - 1;
    let befores = [
        (&early, open),
        (&ring, by_hand(2, "task.completed", task(2, true))),
        (&ring, by_hand(2, "task.deleted", task(1, false))),
        (&ring, by_hand(2, "task.updated", json!({"version": 2, "reminders": []}))),
    ];
    for (ring, before) in befores {
        assert!(out_of_turn(ring, Some(&before)).is_some(), "{}", before.body);
    }
    assert!(out_of_turn(&ring, None).is_some());
}

#[test]
fn what_stands_at_its_instant_has_to_ring_unless_it_was_set_too_late() {
    let created = by_hand(1, "task.created", task(1, false));
    let renamed = by_hand(2, "task.updated", task(2, false));
    assert_eq!(to_have_rung(&[&created, &renamed], AT_MS), [AT_MS]);
    assert_eq!(to_have_rung(&[&created, &renamed], AT_MS - 1), NEVER);
    let done = by_hand(3, "task.completed", task(3, true));
    assert_eq!(to_have_rung(&[&created, &done], AT_MS), NEVER);
    let mut reopened = by_hand(4, "task.updated", task(4, false));
    reopened.created_at_ms = AT_MS + 1;
    assert_eq!(to_have_rung(&[&created, &done, &reopened], AT_MS), NEVER);
}

#[test]
fn two_that_follow_one_occurrence_are_seen_and_one_that_was_taken_back_is_not() {
    let made = |position| event(position, "task.created", "taskmaster/recurrence", task(1, false));
    let (first, second) = (made(1), made(2));
    let deletion = by_hand(3, "task.deleted", task(1, false));
    let key = |number| TaskKey::new("u", number);
    let both = Changes::from([(key(1), vec![&first]), (key(2), vec![&second])]);
    assert_eq!(made_by_recurrence(&both)[&key(1)], [1, 2]);
    let one = Changes::from([(key(1), vec![&first, &deletion]), (key(2), vec![&second])]);
    assert_eq!(made_by_recurrence(&one)[&key(2)], [2]);
}
