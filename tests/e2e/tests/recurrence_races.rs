//! Completing, reopening and replaying in every order that people and brokers come up with. There
//! is never more than one live successor of a completed occurrence.

use std::sync::Arc;
use std::thread;

use rand::seq::SliceRandom;
use serde_json::{Value, json};
use task_contracts::names::{EventType, Topic};
use test_support::{App, Call, Client, Ledger, Resources, Seed, eventually};

/// As often as the broker delivers each event in the shuffle.
const COPIES: usize = 5;
/// More than the times that a version conflict is decided anew.
const DEVICES: usize = 12;

fn weekly(client: &Client) -> Value {
    client.create(json!({
        "title": "Water plants", "due_at": "2027-01-04T09:00:00Z", "recurrence": "weekly",
    }))
}

/// An app whose events reach nobody yet, with one recurring task.
fn held_back() -> (App, Client, Value) {
    let app = App::builder().without_sidecar().start();
    let client = app.client().sign_up("races@example.org");
    let task = weekly(&client);
    (app, client, task)
}

/// Lets the events flow, and checks how many live successors the task has in the end.
#[track_caller]
fn check(app: App, task: &Value, live_successors: usize) {
    let app = app.restart_as(|builder| builder.resources(&Arc::new(Resources::Checkout)));
    let ledger = app.settle();
    assert_eq!(successors(&ledger, task), live_successors);
    app.stop();
}

fn successors(ledger: &Ledger, task: &Value) -> usize {
    let occurrence = task["occurrence"].as_i64().map(|occurrence| occurrence + 1);
    ledger.instances(task["series_id"].as_str().unwrap_or_default(), occurrence.unwrap_or_default())
}

#[test]
fn complete_reopen_before_the_event_is_consumed_complete_again() {
    let (app, client, task) = held_back();
    client.complete(&task["id"]);
    client.reopen(&task["id"]);
    client.complete(&task["id"]);
    check(app, &task, 1);
}

#[test]
fn completing_and_reopening_before_the_event_is_consumed_makes_no_successor() {
    let (app, client, task) = held_back();
    client.complete(&task["id"]);
    client.reopen(&task["id"]);
    check(app, &task, 0);
}

#[test]
fn deleting_before_the_event_is_consumed_makes_no_successor() {
    let (app, client, task) = held_back();
    client.complete(&task["id"]);
    client.delete(&task["id"]);
    check(app, &task, 0);
}

#[test]
fn a_pattern_changed_before_the_event_is_consumed_is_the_one_followed() {
    let (app, client, task) = held_back();
    client.complete(&task["id"]);
    client.change(&task["id"], json!({"recurrence": "daily"}));
    let app = app.restart_as(|builder| builder.resources(&Arc::new(Resources::Checkout)));
    app.settle();
    let next = client.next_instance(&task).expect("a next instance");
    assert_eq!(next["due_at"], "2027-01-05T09:00:00Z");
    app.stop();
}

#[test]
fn complete_edit_the_successor_reopen_complete() {
    let app = App::start();
    let client = app.client().sign_up("edited@example.org");
    let task = weekly(&client);
    client.complete(&task["id"]);
    let successor = eventually("a successor", || client.next_instance(&task));
    client.change(&successor["id"], json!({"title": "Water the other plants"}));
    client.reopen(&task["id"]);
    // Somebody's work is in it, so it stays.
    assert_eq!(client.task(&successor["id"])["title"], "Water the other plants");
    client.complete(&task["id"]);
    let ledger = app.settle();
    assert_eq!(successors(&ledger, &task), 1);
    assert_eq!(client.task(&successor["id"])["title"], "Water the other plants");
    app.stop();
}

#[test]
fn reopening_withdraws_an_untouched_successor_and_completing_makes_one_again() {
    let app = App::start();
    let client = app.client().sign_up("withdrawn@example.org");
    let task = weekly(&client);
    client.complete(&task["id"]);
    let first = eventually("a successor", || client.next_instance(&task));
    client.reopen(&task["id"]);
    let ledger = app.settle();
    assert_eq!(successors(&ledger, &task), 0);
    client.complete(&task["id"]);
    let second = eventually("a successor again", || client.next_instance(&task));
    assert_ne!(first["id"], second["id"]);
    assert_eq!(first["due_at"], second["due_at"]);
    app.settle();
    app.stop();
}

#[test]
fn delete_the_successor_and_replay_the_event() {
    let app = App::builder().offering_the_sidecar().start();
    let client = app.client().sign_up("deleted@example.org");
    let task = weekly(&client);
    client.complete(&task["id"]);
    let successor = eventually("a successor", || client.next_instance(&task));
    client.delete(&successor["id"]);
    app.settle();
    for event in completions(&app, &client) {
        app.broker().publish(Topic::TaskEvents.as_str(), &event, client.user_id());
    }
    let ledger = app.settle();
    assert_eq!(successors(&ledger, &task), 0);

    // Nor does a new completion of the same occurrence bring back what was deleted on purpose.
    client.reopen(&task["id"]);
    client.complete(&task["id"]);
    assert_eq!(successors(&app.settle(), &task), 0);
    app.stop();
}

#[test]
fn the_same_event_delivered_five_times_shuffled_makes_one_instance() {
    let seed = Seed::announce("the_same_event_delivered_five_times_shuffled");
    let (app, first_client, first_task) = held_back();
    let second_client = app.client().sign_up("second@example.org");
    let owners = [
        (&first_client, first_task),
        (&first_client, weekly(&first_client)),
        (&second_client, weekly(&second_client)),
    ];
    for (client, task) in &owners {
        client.complete(&task["id"]);
    }
    let app = app.restart_as(|builder| {
        builder.resources(&Arc::new(Resources::Checkout)).offering_the_sidecar()
    });
    app.settle();

    let mut copies = Vec::new();
    for client in [&first_client, &second_client] {
        for event in app.topics().of_user(client.user_id()) {
            copies.extend(vec![(client.user_id(), event); COPIES - 1]);
        }
    }
    copies.shuffle(&mut seed.generator(0));
    for (user, event) in &copies {
        app.broker().publish(Topic::TaskEvents.as_str(), event, user);
    }
    let ledger = app.settle();
    for (_, task) in &owners {
        assert_eq!(successors(&ledger, task), 1, "{task}");
    }
    assert_eq!(first_client.tasks().len() + second_client.tasks().len(), 2 * owners.len());
    app.stop();
}

#[test]
fn completing_from_many_devices_at_once_creates_one_occurrence() {
    let app = App::start();
    let client = app.client().sign_up("devices@example.org");
    let task = weekly(&client);
    let path = format!("/api/me/tasks/{}/complete", task["id"]);
    thread::scope(|scope| {
        for _ in 0..DEVICES {
            scope.spawn(|| client.call(Call::new("POST", &path)).expect(200));
        }
    });
    let ledger = app.settle();
    assert_eq!(successors(&ledger, &task), 1);
    let completed = EventType::TaskCompleted;
    let completions = ledger.events.iter().filter(|event| event.kind() == completed.as_str());
    assert_eq!(completions.count(), 1);
    app.stop();
}

fn completions(app: &App, client: &Client) -> Vec<Value> {
    let events = app.topics().of_user(client.user_id());
    let completed = EventType::TaskCompleted;
    events.into_iter().filter(|event| event["type"] == completed.as_str()).collect()
}
