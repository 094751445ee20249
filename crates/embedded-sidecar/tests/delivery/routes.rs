//! Rules: the first that holds gets the event.

use serde_json::{Value, json};

use crate::support::{Fixture, PUBSUB, StubApp, post, status, with};

/// Publishes a CloudEvent with these fields and tells which path got it.
async fn check(routes: Value, fields: Value, expected: &str) {
    let document = json!([
        with(
            json!({"pubsubname": "ps", "topic": "t", "routes": routes}),
            "deadLetterTopic",
            json!("t-dlq")
        ),
        {"pubsubname": "ps", "topic": "t-dlq", "route": "/dead"},
    ]);
    let app = StubApp::new(document, |_| status(200));
    let fixture = Fixture::start(PUBSUB, &app).await;
    let event = with(fields.clone(), "id", json!("e"));
    let publish = post("/v1.0/publish/ps/t", "application/cloudevents+json", event.to_string());
    assert_eq!(fixture.call(publish).await.status(), 204);
    fixture.sidecar.idle().await;
    let called: Vec<_> = ["/a", "/b", "/default", "/dead"]
        .into_iter()
        .filter(|path| !app.calls_so_far(path).is_empty())
        .collect();
    assert_eq!(called, [expected], "{fields}");
}

fn two_types() -> Value {
    json!([
        {"match": "event.type == 'a'", "path": "/a"},
        {"match": "event.type.startsWith('a') || event.data.size > 10", "path": "/b"},
    ])
}

#[tokio::test(start_paused = true)]
async fn the_first_rule_that_holds_wins() {
    let routes = || json!({"rules": two_types(), "default": "/default"});
    check(routes(), json!({"type": "a"}), "/a").await;
    check(routes(), json!({"type": "ab"}), "/b").await;
    check(routes(), json!({"type": "x", "data": {"size": 11}}), "/b").await;
    check(routes(), json!({"type": "x", "data": {"size": 1}}), "/default").await;
}

#[tokio::test(start_paused = true)]
async fn an_event_that_matches_nothing_is_dead_lettered() {
    let routes = json!({"rules": [{"match": "event.type == 'a'", "path": "/a"}]});
    check(routes, json!({"type": "x"}), "/dead").await;
}

#[tokio::test(start_paused = true)]
async fn a_rule_that_cannot_be_evaluated_is_a_failure_not_a_mismatch() {
    let routes =
        json!({"rules": [{"match": "event.data.size > 1", "path": "/a"}], "default": "/default"});
    check(routes, json!({"type": "x"}), "/dead").await;
}

#[tokio::test(start_paused = true)]
async fn an_empty_match_takes_everything() {
    let routes = json!({"rules": [{"match": " ", "path": "/a"}], "default": "/default"});
    check(routes, json!({"type": "x"}), "/a").await;
}
