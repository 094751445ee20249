//! Whoever looks at Kafka with Kafka's own tools sees what happened, under whose key.

use serde_json::json;
use task_contracts::names::{EventType, Topic};
use test_support::engines::on_the_console;

use crate::stage::Stage;

pub(super) fn play(stage: &mut Stage) -> String {
    let client = stage.person("looked-at");
    let task = client.create(json!({"title": "Show it"}));
    client.change(&task["id"], json!({"title": "Show it all"}));
    client.complete(&task["id"]);
    client.delete(&task["id"]);
    stage.settle();
    let kafka = stage.backbone.broker().engine().address();
    let shown = on_the_console(kafka, Topic::TaskEvents.as_str());
    let own = shown.iter().filter(|(_, event)| event["data"]["user_id"] == client.user_id());
    let own: Vec<(&str, &str, &str)> = own
        .map(|(key, event)| {
            let text = |name: &str| event[name].as_str().unwrap_or_default();
            (key.as_str(), text("subject"), text("type"))
        })
        .collect();
    let subject = format!("users/{}/tasks/{}", client.user_id(), task["id"]);
    let kinds = [
        EventType::TaskCreated,
        EventType::TaskUpdated,
        EventType::TaskCompleted,
        EventType::TaskDeleted,
    ];
    let expected = kinds.each_ref().map(|kind| (client.user_id(), subject.as_str(), kind.as_str()));
    assert_eq!(own, expected, "in the order in which it happened");
    kinds.each_ref().map(EventType::as_str).join(", ")
}
