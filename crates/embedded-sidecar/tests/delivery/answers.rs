//! How the app's answer to an event is read.

use bytes::Bytes;
use http::Response;
use serde_json::json;

use crate::support::{Fixture, PUBSUB, StubApp, status, subscription, with};

/// What became of an event that got this answer once, and success ever after.
#[derive(Debug, PartialEq)]
enum Outcome {
    Acknowledged,
    Retried,
    DeadLettered,
}

async fn check(code: u16, body: &'static str, expected: Outcome) {
    // Two subscriptions tell retry from drop: the first has no dead-letter topic, so that a retry
    // shows; the second has one and no retries.
    let answer = move || -> Response<Bytes> {
        let mut response = status(code);
        *response.body_mut() = Bytes::from_static(body.as_bytes());
        response
    };
    let document = json!([
        with(subscription("t"), "deadLetterTopic", json!("t-dlq")),
        {"pubsubname": "ps", "topic": "t-dlq", "route": "/dead"},
    ]);
    let app = StubApp::new(document, move |call| match (call.path.as_str(), call.nth) {
        ("/in", 1) => answer(),
        _ => status(200),
    });
    let fixture = Fixture::start(RETRY_ONCE, &app).await;
    fixture.publish("t", json!(1)).await;
    fixture.sidecar.idle().await;
    let calls = (app.calls_so_far("/in").len(), app.calls_so_far("/dead").len());
    let outcome = match calls {
        (1, 0) => Outcome::Acknowledged,
        (2, 0) => Outcome::Retried,
        (1, 1) => Outcome::DeadLettered,
        other => panic!("{code} {body:?}: unexpected calls {other:?}"),
    };
    assert_eq!(outcome, expected, "{code} {body:?}");
}

const RETRY_ONCE: &str = "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ps}
spec: {type: pubsub.in-memory, version: v1}
---
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {name: r}
spec:
  policies: {retries: {once: {policy: constant, duration: 1s, maxRetries: 1}}}
  targets: {components: {ps: {inbound: {retry: once}}}}
";

#[tokio::test(start_paused = true)]
async fn any_success_without_a_readable_status_acknowledges() {
    for code in [200, 201, 204] {
        check(code, "", Outcome::Acknowledged).await;
    }
    for body in ["not json", "[]", "{}", r#"{"status":""}"#, r#"{"status":5}"#] {
        check(200, body, Outcome::Acknowledged).await;
    }
    check(200, r#"{"status":"SUCCESS"}"#, Outcome::Acknowledged).await;
}

#[tokio::test(start_paused = true)]
async fn retry_and_unknown_statuses_retry() {
    check(200, r#"{"status":"RETRY"}"#, Outcome::Retried).await;
    check(200, r#"{"Status":"RETRY"}"#, Outcome::Retried).await;
    check(200, r#"{"status":"success"}"#, Outcome::Retried).await;
}

#[tokio::test(start_paused = true)]
async fn every_error_status_but_404_retries_and_so_does_a_redirect() {
    for code in [301, 400, 401, 429, 500, 503] {
        check(code, "", Outcome::Retried).await;
    }
}

#[tokio::test(start_paused = true)]
async fn drop_and_404_are_dead_letters_at_once() {
    check(200, r#"{"status":"DROP"}"#, Outcome::DeadLettered).await;
    check(404, "", Outcome::DeadLettered).await;
}

#[tokio::test(start_paused = true)]
async fn without_a_dead_letter_topic_a_404_loses_the_event() {
    let app = StubApp::new(json!([subscription("t")]), |_| status(404));
    let fixture = Fixture::start(PUBSUB, &app).await;
    fixture.publish("t", json!(1)).await;
    fixture.sidecar.idle().await;
    assert_eq!(app.calls_so_far("/in").len(), 1);
}
