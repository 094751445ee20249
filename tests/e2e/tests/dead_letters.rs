//! Messages that no consumer can take: they end where an operator finds them, and hold up nobody.

use serde_json::{Value, json};
use task_contracts::names::{EventType, Topic};
use test_support::{App, Call, Client, Topics, eventually};

/// A CloudEvent of another program, under an id of its own.
fn message(id: &str, kind: &str, data: Value) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "tests/dead-letters", "type": kind,
        "datacontenttype": "application/json", "data": data,
    })
}

fn recurring(client: &Client) -> Value {
    client.create(json!({
        "title": "Again", "due_at": "2027-01-31T09:00:00Z", "recurrence": "daily",
    }))
}

#[track_caller]
fn letters(operator: &Client) -> Vec<Value> {
    let listed = operator.get("/admin/dead-letters").expect(200).json();
    listed["dead_letters"].as_array().cloned().expect("a list of letters")
}

#[track_caller]
fn letter(operator: &Client, event_id: &str) -> Value {
    eventually(&format!("the dead letter {event_id}"), || {
        letters(operator).into_iter().find(|letter| letter["event_id"] == event_id)
    })
}

fn times_on(topics: &Topics, topic: &str, event_id: &str) -> usize {
    topics.on(topic).filter(|record| record.event["id"] == event_id).count()
}

#[test]
fn poison_and_unknown_types_are_buried_and_block_nobody() {
    let app = App::builder().offering_the_sidecar().start();
    let client = app.client().sign_up("poisoned@example.org");
    let topic = Topic::TaskEvents;
    let completed = EventType::TaskCompleted;
    let poisons = [
        message("poison-1", completed.as_str(), json!({"event_type": "task.completed"})),
        message("poison-2", completed.as_str(), json!("not an object")),
        message("unknown-1", "task.completed.v2", json!({"anything": 1})),
        message("unknown-2", "invoice.paid", json!({})),
    ];
    for poison in &poisons {
        // Under the user's own key: they stand in line before the user's next events.
        app.broker().publish(topic.as_str(), poison, client.user_id());
    }
    let task = recurring(&client);
    client.complete(&task["id"]);
    eventually("the next instance behind the poison", || client.next_instance(&task));

    app.wait_until_quiet();
    for poison in &poisons {
        let id = poison["id"].as_str().unwrap_or_default();
        let letter = letter(&app.operator(), id);
        eventually(&format!("every reader has buried {id}"), || {
            let burials = times_on(&app.topics(), topic.dead_letter(), id);
            (burials >= app.readers_of_changes()).then_some(())
        });
        assert_eq!(letter["topic"], topic.as_str());
        assert_eq!(letter["event_type"], poison["type"]);
        assert_eq!(letter["kind"], "undeliverable");
        let reason = letter["reason"].as_str().unwrap_or_default();
        let is_known = poison["type"] == completed.as_str();
        assert_eq!(reason.starts_with("no consumer could take it"), is_known, "{id}: {reason}");
        assert_eq!(reason.starts_with("this release does not know"), !is_known, "{id}: {reason}");
        assert_eq!(letter["replayed_at"], Value::Null);
    }
    app.settle();
    for poison in &poisons {
        let id = poison["id"].as_str().unwrap_or_default();
        let burials = times_on(&app.topics(), topic.dead_letter(), id);
        assert_eq!(burials, app.readers_of_changes(), "{id}");
    }
    app.stop();
}

#[test]
fn a_dead_letter_is_shown_whole_and_replayed_under_its_own_id() {
    let app = App::builder().offering_the_sidecar().start();
    let topic = Topic::TaskEvents;
    let poison = message("again", "task.completed.v2", json!({"why": "not yet understood"}));
    app.broker().publish(topic.as_str(), &poison, "nobody");
    let operator = app.operator();
    let id = letter(&operator, "again")["id"].clone();

    let shown = operator.get(&format!("/admin/dead-letters/{id}")).expect(200).json();
    assert_eq!(shown["message"]["data"], poison["data"]);
    let replay = Call::new("POST", &format!("/admin/dead-letters/{id}/replay"));
    let replayed = operator.call(replay).expect(200).json();
    assert!(replayed["replayed_at"].is_string());

    // Still nobody understands it, so it comes back: as the same letter, open again.
    eventually("the second burial", || {
        let topics = app.topics();
        let burials = times_on(&topics, topic.dead_letter(), "again");
        (burials == 2 * app.readers_of_changes()).then_some(())
    });
    app.wait_until_quiet();
    assert_eq!(times_on(&app.topics(), topic.as_str(), "again"), 2);
    assert_eq!(letters(&operator).len(), 1);
    assert_eq!(letter(&operator, "again")["replayed_at"], Value::Null);
    operator.get("/admin/dead-letters/999999").expect(404);
    app.stop();
}

#[test]
fn known_types_that_nobody_wants_are_never_buried() {
    let app = App::builder().offering_the_sidecar().start();
    let client = app.client().sign_up("unwanted@example.org");
    let task = recurring(&client);
    client.change(&task["id"], json!({"title": "Changed"}));
    client.delete(&task["id"]);
    // Every other known type has a component that takes it.
    let unwanted = message("unwanted", EventType::UserDeleted.as_str(), json!({}));
    app.broker().publish(Topic::TaskEvents.as_str(), &unwanted, client.user_id());
    app.settle();
    for topic in Topic::ALL {
        assert_eq!(app.topics().on(topic.dead_letter()).count(), 0, "{}", topic.dead_letter());
    }
    assert_eq!(letters(&app.operator()), Vec::<Value>::new());
    app.stop();
}
