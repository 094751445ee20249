//! Asking the app for its subscriptions.

use expect_test::expect;
use serde_json::json;

use crate::support::{Fixture, PUBSUB, StubApp, request, status, subscription, with};

async fn topics(app: &std::sync::Arc<StubApp>) -> Vec<String> {
    let fixture = Fixture::start(PUBSUB, app).await;
    fixture.sidecar.lag().into_iter().map(|lag| lag.topic).collect()
}

#[tokio::test(start_paused = true)]
async fn the_app_is_asked_once_and_by_its_id() {
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    assert_eq!(topics(&app).await, ["t"]);
    let asked = app.calls_so_far("/dapr/subscribe");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].header("dapr-app-id"), Some("app"));
}

#[tokio::test(start_paused = true)]
async fn any_answer_but_200_means_no_subscriptions_and_is_final() {
    for code in [404, 500, 503] {
        let app = StubApp::answering_the_question_with(status(code), |_| status(200));
        assert!(topics(&app).await.is_empty(), "{code}");
        assert_eq!(app.calls_so_far("/dapr/subscribe").len(), 1, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_broker_the_app_is_not_asked() {
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let _fixture = Fixture::start("", &app).await;
    assert!(app.calls_so_far("/dapr/subscribe").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_subscription_that_cannot_work_is_left_out_and_the_others_stay() {
    let app = StubApp::new(
        json!([
            {"pubsubname": "ps", "topic": "no-route"},
            {"pubsubname": "other", "topic": "no-component", "route": "/in"},
            with(subscription("bulk"), "bulkSubscribe", json!({"enabled": true})),
            subscription("t"),
            subscription("t"),
        ]),
        |_| status(200),
    );
    assert_eq!(topics(&app).await, ["t"]);
}

#[tokio::test(start_paused = true)]
async fn one_rule_that_does_not_compile_spoils_the_whole_answer() {
    let broken = json!({"pubsubname": "ps", "topic": "u",
        "routes": {"rules": [{"match": "event.type ==", "path": "/in"}]}});
    let app = StubApp::new(json!([subscription("t"), broken]), |_| status(200));
    assert!(topics(&app).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn routes_default_beats_route_and_metadata_shows_what_was_understood() {
    let app = StubApp::new(
        json!([{
            "pubsubname": "ps", "topic": "t", "route": "/old", "deadLetterTopic": "t-dlq",
            "metadata": {"rawPayload": "true"},
            "routes": {"rules": [{"match": "event.type == 'a'", "path": "/a"}], "default": "/d"},
        }]),
        |_| status(200),
    );
    let fixture = Fixture::start(PUBSUB, &app).await;
    let answer = fixture.call(request("GET", "/v1.0/metadata")).await;
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
                "match": "",
                "path": "/d"
              }
            ],
            "topic": "t",
            "type": "PROGRAMMATIC"
          }
        ]"#]]
    .assert_eq(&format!("{:#}", document["subscriptions"]));
}
