//! Subscriptions in resource files.

use serde_json::json;

use crate::engine::{Engine, PUBSUB, status, subscription};

fn declared(api_version: &str, topic: &str, routing: &str, scopes: &str) -> String {
    format!(
        "
---
apiVersion: dapr.io/{api_version}
kind: Subscription
metadata: {{name: {topic}}}
spec: {{pubsubname: ps, topic: {topic}, {routing}}}
scopes: {scopes}
"
    )
}

pub(crate) async fn both_versions_are_read_and_scopes_are_kept(engine: &Engine) {
    let resources = [
        PUBSUB.to_owned(),
        declared("v2alpha1", "two", "routes: {default: /two}", "[app, other]"),
        declared("v1alpha1", "one", "route: /one, deadLetterTopic: dlq", "[]"),
        declared("v2alpha1", "foreign", "routes: {default: /x}", "[other]"),
    ]
    .concat();
    let app = engine.app_answering_the_question_with(status(404), |_| status(200));
    let sidecar = engine.start(&resources, &app).await;
    assert_eq!(sidecar.topics().await, ["one", "two"]);
    sidecar.publish("one", json!(1)).await;
    sidecar.publish("two", json!(2)).await;
    assert_eq!(app.calls("/one", 1).await[0].json()["data"], 1);
    assert_eq!(app.calls("/two", 1).await[0].json()["data"], 2);
}

pub(crate) async fn what_the_app_states_wins_over_a_file(engine: &Engine) {
    let file = declared("v2alpha1", "t", "routes: {default: /file}", "[]");
    let app = engine.app(json!([subscription("t")]), |_| status(200));
    let sidecar = engine.start(&format!("{PUBSUB}{file}"), &app).await;
    sidecar.publish("t", json!(1)).await;
    sidecar.settled().await;
    assert_eq!(app.calls_so_far("/in").len(), 1);
    assert!(app.calls_so_far("/file").is_empty());
}
