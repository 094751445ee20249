//! How the app's answer to an event is read.

use std::collections::HashSet;
use std::sync::Mutex;

use bytes::Bytes;
use serde_json::json;

use crate::engine::{Engine, PUBSUB, Seen, dead_letters, resiliency, status, subscription};

/// What became of an event that got this answer once, and success ever after.
#[derive(Clone, Copy, Debug)]
enum Outcome {
    Acknowledged,
    Retried,
    DeadLettered,
}

/// Publishes an event for each answer, and gives it the first time that the event comes; success
/// ever after.
async fn check(engine: &Engine, answers: &'static [(u16, &'static str)], expected: Outcome) {
    let answered = Mutex::new(HashSet::new());
    let app = engine.app(dead_letters(), move |call| {
        let event = number(call);
        let is_first = call.path == "/in" && answered.lock().expect("no panic").insert(event);
        let (code, body) = if is_first { answers[event] } else { (200, "") };
        let mut response = status(code);
        *response.body_mut() = Bytes::from_static(body.as_bytes());
        response
    });
    let sidecar = engine.start(&retry_once(), &app).await;
    for event in 0..answers.len() {
        sidecar.publish("t", json!(event)).await;
    }
    // A retry shows as a second call, a drop as a dead letter.
    let (calls, dead) = match expected {
        Outcome::Acknowledged => (1, 0),
        Outcome::Retried => (2, 0),
        Outcome::DeadLettered => (1, 1),
    };
    app.calls("/in", calls * answers.len()).await;
    app.calls("/dead", dead * answers.len()).await;
    sidecar.settled().await;
    for (event, answer) in answers.iter().enumerate() {
        let count =
            |path: &str| app.calls_so_far(path).iter().filter(|call| number(call) == event).count();
        assert_eq!((count("/in"), count("/dead")), (calls, dead), "{answer:?}");
    }
}

fn number(call: &Seen) -> usize {
    let number = call.json()["data"].as_u64().expect("a number");
    usize::try_from(number).expect("a small one")
}

/// [`PUBSUB`], with one retry.
fn retry_once() -> String {
    let policy = "{retries: {once: {policy: constant, duration: 1s, maxRetries: 1}}}";
    resiliency(policy, "{retry: once}")
}

pub(crate) async fn any_success_without_a_readable_status_acknowledges(engine: &Engine) {
    let answers = &[
        (200, ""),
        (201, ""),
        (204, ""),
        (200, "not json"),
        (200, "[]"),
        (200, "{}"),
        (200, r#"{"status":""}"#),
        (200, r#"{"status":5}"#),
        (200, r#"{"status":"SUCCESS"}"#),
    ];
    check(engine, answers, Outcome::Acknowledged).await;
}

pub(crate) async fn retry_and_unknown_statuses_retry(engine: &Engine) {
    let answers = &[
        (200, r#"{"status":"RETRY"}"#),
        (200, r#"{"Status":"RETRY"}"#),
        (200, r#"{"status":"success"}"#),
    ];
    check(engine, answers, Outcome::Retried).await;
}

pub(crate) async fn every_error_status_but_404_retries_and_so_does_a_redirect(engine: &Engine) {
    let answers = &[(301, ""), (400, ""), (401, ""), (429, ""), (500, ""), (503, "")];
    check(engine, answers, Outcome::Retried).await;
}

pub(crate) async fn drop_and_404_are_dead_letters_at_once(engine: &Engine) {
    check(engine, &[(200, r#"{"status":"DROP"}"#), (404, "")], Outcome::DeadLettered).await;
}

pub(crate) async fn without_a_dead_letter_topic_a_404_loses_the_event(engine: &Engine) {
    let app = engine.app(json!([subscription("t")]), |_| status(404));
    let sidecar = engine.start(PUBSUB, &app).await;
    sidecar.publish("t", json!(1)).await;
    sidecar.settled().await;
    assert_eq!(app.calls_so_far("/in").len(), 1);
}
