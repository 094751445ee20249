//! What Dapr gets wrong on RabbitMQ: when the connection breaks before an event is confirmed, the
//! publisher is told that it is published. When this fails, Dapr is honest: then let RabbitMQ die
//! in the middle of work as the others do, and take the warning out of docs/OPERATIONS.md.

use std::thread;
use std::time::Duration;

use serde_json::json;
use task_contracts::names::{EventType, Topic};

use crate::people::let_pass;
use crate::stage::Stage;

/// Enough for the event to be on its way, and less than a publish may take.
const ON_ITS_WAY: Duration = Duration::from_millis(700);

pub(super) fn play(stage: &mut Stage) -> String {
    let topic = Topic::TaskEvents.as_str();
    let event = json!({
        "specversion": "1.0", "id": "unconfirmed", "source": "tests/brokers",
        "type": EventType::UserDeleted.as_str(), "data": {},
    });
    let publisher = stage.sidecar().publisher();
    stage.settle();
    stage.backbone.broker().freeze();
    let status = thread::scope(|scope| {
        let publishing = scope.spawn(|| publisher.try_publish(topic, &event, "nobody"));
        let_pass(ON_ITS_WAY);
        stage.backbone.broker_mut().kill();
        publishing.join().expect("an answer")
    });
    stage.backbone.broker_mut().restart();
    for share in &mut stage.shares {
        share.sidecar.restart();
    }
    let topics = stage.backbone.topics();
    let found = topics.on(topic).filter(|record| record.event["id"] == event["id"]).count();
    assert_eq!((status, found), (204, 0), "the answer, and what came of it");
    format!("{status} for an event that is nowhere")
}
