//! Several events in one call.

use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use crate::engine::{App, Engine, PUBSUB, Seen, Sidecar, dead_letters, resiliency, status};

/// Subscriptions to `t` in bulk, with its dead letters one by one.
fn in_bulk() -> Value {
    let mut document = dead_letters();
    document[0]["bulkSubscribe"] =
        json!({"enabled": true, "maxMessagesCount": 10, "maxAwaitDurationMs": 100});
    document
}

/// The same status for every entry whose event carries such data.
fn answer(call: &Seen, status_of: impl Fn(&Value) -> &'static str) -> Response<Bytes> {
    let statuses: Vec<Value> = entries(call)
        .iter()
        .map(|entry| {
            json!({"entryId": entry["entryId"], "status": status_of(&entry["event"]["data"])})
        })
        .collect();
    Response::new(json!({"statuses": statuses}).to_string().into())
}

fn entries(call: &Seen) -> Vec<Value> {
    call.json()["entries"].as_array().cloned().unwrap_or_default()
}

/// The data of every event that came so far, in whatever calls.
fn data(app: &App) -> Vec<Value> {
    let calls = app.calls_so_far("/in");
    calls.iter().flat_map(entries).map(|entry| entry["event"]["data"].clone()).collect()
}

async fn published(engine: &Engine, resources: &str, app: &Arc<App>, data: &[i32]) -> Sidecar {
    let sidecar = engine.start(resources, app).await;
    for data in data {
        sidecar.publish("t", json!(data)).await;
    }
    sidecar
}

pub(crate) async fn events_come_as_entries_of_one_envelope(engine: &Engine) {
    let app = engine.app(in_bulk(), |call| answer(call, |_| "SUCCESS"));
    let _sidecar = published(engine, PUBSUB, &app, &[1]).await;
    let call = app.calls("/in", 1).await.remove(0);
    assert_eq!(call.header("content-type"), Some("application/json"));
    let envelope = call.json();
    assert_eq!(envelope["type"], "com.dapr.event.sent.bulk");
    assert_eq!((&envelope["topic"], &envelope["pubsubname"]), (&json!("t"), &json!("ps")));
    let entry = &envelope["entries"][0];
    assert_eq!(entry["contentType"], "application/cloudevents+json");
    assert!(entry["entryId"].as_str().is_some_and(|id| !id.is_empty()));
    assert_eq!(entry["event"]["data"], 1);
    assert_eq!(entry["event"]["topic"], "t");
}

pub(crate) async fn the_app_says_for_each_entry_what_becomes_of_it(engine: &Engine) {
    let app = engine.app(in_bulk(), |call| match call.path.as_str() {
        "/in" => answer(call, |data| if *data == 2 { "DROP" } else { "SUCCESS" }),
        _ => status(200),
    });
    let sidecar = published(engine, PUBSUB, &app, &[1, 2, 3]).await;
    let dead = app.calls("/dead", 1).await.remove(0);
    assert_eq!(dead.json()["data"], 2);
    sidecar.settled().await;
    let mut seen: Vec<i64> = data(&app).iter().filter_map(Value::as_i64).collect();
    seen.sort_unstable();
    assert_eq!(seen, [1, 2, 3]);
    assert_eq!(app.calls_so_far("/dead").len(), 1);
}

pub(crate) async fn an_entry_without_a_status_comes_again_under_the_policy(engine: &Engine) {
    let app = engine.app(in_bulk(), |call| match (call.path.as_str(), call.nth) {
        ("/in", 1) => Response::new(Bytes::from_static(br#"{"statuses":[]}"#)),
        ("/in", _) => answer(call, |_| "SUCCESS"),
        _ => status(200),
    });
    let policy = "{retries: {p: {policy: constant, duration: 1s, maxRetries: 3}}}";
    let resources = resiliency(policy, "{retry: p}");
    let sidecar = published(engine, &resources, &app, &[1]).await;
    app.calls("/in", 2).await;
    sidecar.settled().await;
    assert_eq!(data(&app), [json!(1), json!(1)]);
    assert!(app.calls_so_far("/dead").is_empty());
}

pub(crate) async fn what_no_call_settles_is_a_dead_letter(engine: &Engine) {
    let app = engine.app(in_bulk(), |call| status(if call.path == "/in" { 500 } else { 200 }));
    let _sidecar = published(engine, PUBSUB, &app, &[1]).await;
    assert_eq!(app.calls("/dead", 1).await[0].json()["data"], 1);
}
