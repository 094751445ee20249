//! Rules: the first that holds gets the event.

use serde_json::{Value, json};

use crate::engine::{Engine, PUBSUB, dead_letters, post, status, with};

/// Publishes CloudEvents with such fields, and tells for each which path got it.
async fn check(engine: &Engine, routes: Value, expected: &[(Value, &str)]) {
    let mut document = dead_letters();
    document[0].as_object_mut().expect("an object").remove("route");
    document[0]["routes"] = routes;
    let app = engine.app(document, |_| status(200));
    let sidecar = engine.start(PUBSUB, &app).await;
    for (number, (fields, _)) in expected.iter().enumerate() {
        let event = with(fields.clone(), "id", json!(number.to_string()));
        let publish = post("/v1.0/publish/ps/t", "application/cloudevents+json", event.to_string());
        assert_eq!(sidecar.call(publish).await.status(), 204);
    }
    for (number, (fields, path)) in expected.iter().enumerate() {
        let many = expected.iter().filter(|(_, other)| other == path).count();
        let got = app.calls(path, many).await;
        let id = number.to_string();
        assert!(got.iter().any(|call| call.json()["id"] == id), "{fields}");
    }
    sidecar.settled().await;
    let calls = ["/a", "/b", "/default", "/dead"].map(|path| app.calls_so_far(path).len());
    assert_eq!(calls.iter().sum::<usize>(), expected.len(), "each event came once");
}

fn two_types() -> Value {
    json!([
        {"match": "event.type == 'a'", "path": "/a"},
        {"match": "event.type.startsWith('a') || event.data.size > 10", "path": "/b"},
    ])
}

pub(crate) async fn the_first_rule_that_holds_wins(engine: &Engine) {
    let routes = json!({"rules": two_types(), "default": "/default"});
    let expected = [
        (json!({"type": "a"}), "/a"),
        (json!({"type": "ab"}), "/b"),
        (json!({"type": "x", "data": {"size": 11}}), "/b"),
        (json!({"type": "x", "data": {"size": 1}}), "/default"),
    ];
    check(engine, routes, &expected).await;
}

pub(crate) async fn an_event_that_matches_nothing_is_dead_lettered(engine: &Engine) {
    let routes = json!({"rules": [{"match": "event.type == 'a'", "path": "/a"}]});
    check(engine, routes, &[(json!({"type": "x"}), "/dead")]).await;
}

pub(crate) async fn a_rule_that_cannot_be_evaluated_is_a_failure_not_a_mismatch(engine: &Engine) {
    let routes =
        json!({"rules": [{"match": "event.data.size > 1", "path": "/a"}], "default": "/default"});
    check(engine, routes, &[(json!({"type": "x"}), "/dead")]).await;
}

pub(crate) async fn an_empty_match_takes_everything(engine: &Engine) {
    let routes = json!({"rules": [{"match": " ", "path": "/a"}], "default": "/default"});
    check(engine, routes, &[(json!({"type": "x"}), "/a")]).await;
}
