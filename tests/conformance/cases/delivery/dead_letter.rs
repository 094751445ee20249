//! What a dead letter is: the original, on another topic.

use serde_json::json;

use crate::engine::{Engine, PUBSUB, dead_letters, post, resiliency, status, subscription, with};

pub(crate) async fn a_dead_letter_keeps_the_bytes(engine: &Engine) {
    let app = engine.app(dead_letters(), |call| status(if call.path == "/in" { 404 } else { 200 }));
    let sidecar = engine.start(PUBSUB, &app).await;
    sidecar.publish("t", json!({"a": 1})).await;
    let dead = app.calls("/dead", 1).await.remove(0);
    let original = app.calls_so_far("/in").remove(0);
    assert_eq!(dead.body, original.body);
    assert_eq!(dead.json()["topic"], "t", "the event still says where it came from");
}

pub(crate) async fn what_is_no_cloud_event_is_a_dead_letter(engine: &Engine) {
    let document = json!([
        with(subscription("t"), "deadLetterTopic", json!("t-dlq")),
        with(
            json!({"pubsubname": "ps", "topic": "t-dlq", "route": "/dead"}),
            "metadata",
            json!({"rawPayload": "true"})
        ),
    ]);
    let app = engine.app(document, |_| status(200));
    let sidecar = engine.start(PUBSUB, &app).await;
    sidecar
        .call(post("/v1.0/publish/ps/t?metadata.rawPayload=true", "text/plain", "no event"))
        .await;
    let dead = app.calls("/dead", 1).await.remove(0);
    assert_eq!(dead.json()["data_base64"], "bm8gZXZlbnQ=");
    assert!(app.calls_so_far("/in").is_empty());
}

pub(crate) async fn an_expired_event_is_not_delivered(engine: &Engine) {
    // The first event is refused for three seconds, in which the second one expires.
    let app = engine.app(json!([subscription("t")]), |call| {
        let waits = call.json()["data"] == "slow" && call.nth <= 3;
        status(if waits { 500 } else { 200 })
    });
    let policy = "{retries: {p: {policy: constant, duration: 1s, maxRetries: 9}}}";
    let sidecar = engine.start(&resiliency(policy, "{retry: p}"), &app).await;
    sidecar.publish("t?metadata.partitionKey=k", json!("slow")).await;
    sidecar.publish("t?metadata.partitionKey=k&metadata.ttlInSeconds=1", json!("late")).await;
    sidecar.publish("t?metadata.partitionKey=k&metadata.ttlInSeconds=3600", json!("early")).await;
    let calls = app.calls("/in", 5).await;
    let mut data: Vec<_> = calls.iter().map(|call| call.json()["data"].clone()).collect();
    data.dedup();
    assert_eq!(json!(data), json!(["slow", "early"]));
}
