//! `bindings.cron`.

use http::Method;
use serde_json::json;

use crate::engine::{Engine, Seen, status};

fn cron(name: &str, settings: &str) -> String {
    format!(
        "
---
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {{name: {name}}}
spec: {{type: bindings.cron, version: v1, metadata: [{settings}]}}
"
    )
}

/// Seconds between one call and the next, to the nearest.
fn gaps_s(calls: &[Seen]) -> Vec<u128> {
    let gap = |pair: &[Seen]| ((pair[1].at - pair[0].at).as_millis() + 500) / 1_000;
    calls.windows(2).map(gap).collect()
}

fn posts(calls: Vec<Seen>) -> Vec<Seen> {
    calls.into_iter().filter(|call| call.method == Method::POST).collect()
}

pub(crate) async fn a_wanted_binding_calls_its_route_at_every_tick(engine: &Engine) {
    let app = engine.content_app();
    let settings = r#"{name: schedule, value: "@every 2s"}, {name: route, value: /cron/relay}"#;
    let _sidecar = engine.start(&cron("sweep", settings), &app).await;
    let calls = app.calls("/cron/relay", 4).await;
    assert_eq!(calls[0].method, Method::OPTIONS, "the probe comes first");
    let ticks = posts(calls);
    assert_eq!(gaps_s(&ticks), [2, 2]);
    assert_eq!(ticks[0].body.len(), 0);
    assert_eq!(ticks[0].header("content-type"), Some("application/json"));
    assert!(ticks[0].header("readtimeutc").is_some_and(|time| time.starts_with("20")));
}

pub(crate) async fn the_name_is_the_route_where_none_is_stated_and_a_405_to_the_probe_is_a_yes(
    engine: &Engine,
) {
    let app = engine
        .app(json!([]), |call| status(if call.method == Method::OPTIONS { 405 } else { 200 }));
    let settings = r#"{name: schedule, value: "*/2 * * * * *"}"#;
    let _sidecar = engine.start(&cron("sweep", settings), &app).await;
    let ticks = posts(app.calls("/sweep", 3).await);
    assert_eq!(gaps_s(&ticks), [2]);
}

pub(crate) async fn a_stated_direction_replaces_the_probe(engine: &Engine) {
    let app = engine.content_app();
    let schedule = r#"{name: schedule, value: "@every 1s"}"#;
    let resources = [
        cron("in", &format!("{schedule}, {{name: direction, value: input}}")),
        cron("out", &format!("{schedule}, {{name: direction, value: output}}")),
    ]
    .concat();
    let _sidecar = engine.start(&resources, &app).await;
    let calls = app.calls("/in", 3).await;
    assert_eq!(posts(calls).len(), 3);
    assert!(app.calls_so_far("/out").is_empty());
}

pub(crate) async fn an_app_that_says_no_to_the_probe_is_not_called(engine: &Engine) {
    let app =
        engine.app(json!([]), |call| status(if call.path == "/unwanted" { 404 } else { 200 }));
    let schedule = r#"{name: schedule, value: "@every 1s"}"#;
    let resources = [cron("unwanted", schedule), cron("wanted", schedule)].concat();
    let _sidecar = engine.start(&resources, &app).await;
    app.calls("/wanted", 4).await;
    assert_eq!(app.calls_so_far("/unwanted").len(), 1, "the probe alone");
}

pub(crate) async fn a_failed_tick_does_not_come_again(engine: &Engine) {
    let app =
        engine.app(json!([]), |call| status(if call.method == Method::POST { 500 } else { 200 }));
    let settings = r#"{name: schedule, value: "@every 2s"}"#;
    let _sidecar = engine.start(&cron("sweep", settings), &app).await;
    let ticks = posts(app.calls("/sweep", 4).await);
    assert_eq!(gaps_s(&ticks), [2, 2]);
}
