//! Dead letters in the log: under the same key, and with an end of their own.

use serde_json::json;

use crate::support::{Fixture, PUBSUB, StubApp, status, subscription, with};

#[tokio::test(start_paused = true)]
async fn a_dead_letter_keeps_the_key_and_the_metadata() {
    let document = json!([
        with(subscription("t"), "deadLetterTopic", json!("t-dlq")),
        {"pubsubname": "ps", "topic": "t-dlq", "route": "/dead"},
    ]);
    let app = StubApp::new(document, |call| status(if call.path == "/in" { 404 } else { 200 }));
    let fixture = Fixture::start(PUBSUB, &app).await;
    fixture.publish("t?metadata.partitionKey=user-1&metadata.note=n", json!({"a": 1})).await;
    let dead = app.calls("/dead", 1).await.remove(0);
    let original = app.calls_so_far("/in").remove(0);
    for name in ["__key", "__partition", "note"] {
        assert_eq!(dead.header(name), original.header(name), "{name}");
    }
    assert_eq!(dead.header("__topic"), Some("t-dlq"));
}

#[tokio::test(start_paused = true)]
async fn an_expired_event_is_dropped_to_the_dead_letter_topic() {
    let document = json!([
        with(subscription("t"), "deadLetterTopic", json!("t-dlq")),
        {"pubsubname": "ps", "topic": "t-dlq", "route": "/dead"},
    ]);
    // The first event holds the second up for ten minutes, in which that one expires. Its dead
    // letter has expired as well, and is dropped from there in silence.
    let app = StubApp::new(document, |call| {
        let waits = call.json()["data"] == "slow" && call.nth <= 300;
        status(if waits { 500 } else { 200 })
    });
    let resources = format!(
        "{PUBSUB}
---
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {{name: r}}
spec:
  policies: {{retries: {{p: {{duration: 2s}}}}}}
  targets: {{components: {{ps: {{inbound: {{retry: p}}}}}}}}
"
    );
    let fixture = Fixture::start(&resources, &app).await;
    fixture.publish("t?metadata.partitionKey=k", json!("slow")).await;
    fixture.publish("t?metadata.partitionKey=k&metadata.ttlInSeconds=60", json!("late")).await;
    fixture.publish("t?metadata.partitionKey=k&metadata.ttlInSeconds=3600", json!("early")).await;
    fixture.sidecar.idle().await;
    let mut data: Vec<_> =
        app.calls_so_far("/in").iter().map(|call| call.json()["data"].clone()).collect();
    data.dedup();
    assert_eq!(json!(data), json!(["slow", "early"]));
    let metrics = fixture.sidecar.metrics_text();
    let dropped = r#"topic="t-dlq",process_status="drop"} 1"#;
    assert!(metrics.contains(dropped), "{metrics}");
}
