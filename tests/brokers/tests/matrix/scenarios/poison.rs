//! What no consumer can take is buried where an operator finds it, and holds nobody up.

use serde_json::{Value, json};
use task_contracts::names::{EventType, Topic};
use test_support::eventually;

use crate::stage::Stage;

pub(super) fn play(stage: &mut Stage) -> String {
    let client = stage.person("poisoned");
    let poisons = [
        message("poison", EventType::TaskCompleted.as_str()),
        message("unknown", "task.completed.v2"),
    ];
    for poison in &poisons {
        // Under the user's own key: they stand in line before the user's next events.
        stage.sidecar().publisher().publish(Topic::TaskEvents.as_str(), poison, client.user_id());
    }
    let task = client.create(json!({
        "title": "Again", "due_at": "2027-01-31T09:00:00Z", "recurrence": "daily",
    }));
    client.complete(&task["id"]);
    eventually("the next instance behind the poison", || client.next_instance(&task));
    for poison in &poisons {
        let id = poison["id"].as_str().unwrap_or_default();
        let letter = eventually(&format!("the dead letter {id}"), || buried(stage, id).pop());
        assert_eq!(letter["topic"], Topic::TaskEvents.as_str());
        assert_eq!(letter["event_type"], poison["type"]);
    }
    stage.settle();
    // However many consumers gave it up: sent again once, it comes to all of them.
    for poison in &poisons {
        let id = poison["id"].as_str().unwrap_or_default();
        assert_eq!(buried(stage, id).len(), 1, "letters of {id}");
    }
    format!("{} dead letters", poisons.len())
}

/// A CloudEvent of another program.
fn message(id: &str, kind: &str) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "tests/brokers", "type": kind,
        "datacontenttype": "application/json", "data": "not an object",
    })
}

/// What an operator sees of it.
fn buried(stage: &Stage, id: &str) -> Vec<Value> {
    let listed = stage.app().operator().get("/admin/dead-letters").expect(200).json();
    let letters = listed["dead_letters"].as_array().expect("a list");
    letters.iter().filter(|letter| letter["event_id"] == id).cloned().collect()
}
