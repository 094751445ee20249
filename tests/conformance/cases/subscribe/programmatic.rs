//! Asking the app for its subscriptions.

use std::sync::Arc;

use expect_test::expect;
use serde_json::json;

use crate::engine::{App, Engine, PUBSUB, request, status, subscription};

async fn topics(engine: &Engine, app: &Arc<App>) -> Vec<String> {
    engine.start(PUBSUB, app).await.topics().await
}

pub(crate) async fn the_app_is_asked_once_and_by_its_id(engine: &Engine) {
    let app = engine.app(json!([subscription("t")]), |_| status(200));
    assert_eq!(topics(engine, &app).await, ["t"]);
    let asked = app.calls_so_far("/dapr/subscribe");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].header("dapr-app-id"), Some("app"));
}

pub(crate) async fn any_answer_but_200_means_no_subscriptions_and_is_final(engine: &Engine) {
    for code in [404, 500, 503] {
        let app = engine.app_answering_the_question_with(status(code), |_| status(200));
        assert!(topics(engine, &app).await.is_empty(), "{code}");
        assert_eq!(app.calls_so_far("/dapr/subscribe").len(), 1, "{code}");
    }
}

pub(crate) async fn without_a_broker_the_app_is_not_asked(engine: &Engine) {
    let app = engine.app(json!([subscription("t")]), |_| status(200));
    let _sidecar = engine.start("", &app).await;
    assert!(app.calls_so_far("/dapr/subscribe").is_empty());
}

pub(crate) async fn a_subscription_that_cannot_work_is_left_out_and_the_others_stay(
    engine: &Engine,
) {
    let app = engine.app(
        json!([
            {"pubsubname": "ps", "topic": "no-route"},
            {"pubsubname": "other", "topic": "no-component", "route": "/in"},
            subscription("t"),
        ]),
        |_| status(200),
    );
    let sidecar = engine.start(PUBSUB, &app).await;
    sidecar.publish("t", json!(1)).await;
    app.calls("/in", 1).await;
}

pub(crate) async fn a_subscription_that_cannot_work_is_not_shown(engine: &Engine) {
    let elsewhere = json!({"pubsubname": "other", "topic": "no-component", "route": "/in"});
    let app = engine.app(json!([elsewhere, subscription("t")]), |_| status(200));
    assert_eq!(topics(engine, &app).await, ["t"]);
}

pub(crate) async fn one_rule_that_does_not_compile_spoils_the_whole_answer(engine: &Engine) {
    let broken = json!({"pubsubname": "ps", "topic": "u",
        "routes": {"rules": [{"match": "event.type ==", "path": "/in"}]}});
    let app = engine.app(json!([subscription("t"), broken]), |_| status(200));
    assert!(topics(engine, &app).await.is_empty());
}

pub(crate) async fn routes_default_beats_route_and_metadata_shows_what_was_understood(
    engine: &Engine,
) {
    let app = engine.app(
        json!([{
            "pubsubname": "ps", "topic": "t", "route": "/old", "deadLetterTopic": "t-dlq",
            "metadata": {"rawPayload": "true"},
            "routes": {"rules": [{"match": "event.type == 'a'", "path": "/a"}], "default": "/d"},
        }]),
        |_| status(200),
    );
    let sidecar = engine.start(PUBSUB, &app).await;
    let answer = sidecar.call(request("GET", "/v1.0/metadata")).await;
    let document: serde_json::Value = serde_json::from_slice(answer.body()).expect("JSON");
    expect![[r#"
        [
          {
            "deadLetterTopic": "t-dlq",
            "metadata": {
              "rawPayload": "true"
            },
            "pubsubname": "ps",
            "rules": [
              {
                "match": "event.type == 'a'",
                "path": "/a"
              },
              {
                "path": "/d"
              }
            ],
            "topic": "t",
            "type": "PROGRAMMATIC"
          }
        ]"#]]
    .assert_eq(&format!("{:#}", document["subscriptions"]));
}
