//! Inbound policies: how often, how long apart, how long at most.

use std::time::Duration;

use serde_json::json;

use crate::support::{Fixture, PUBSUB, Seen, StubApp, after, status, subscription, with};

/// The resources with a policy named `p` for deliveries of `ps`.
fn resources(policies: &str, inbound: &str) -> String {
    format!(
        "{PUBSUB}
---
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {{name: r}}
spec:
  policies: {policies}
  targets: {{components: {{ps: {{inbound: {inbound}}}}}}}
"
    )
}

fn gaps_ms(calls: &[Seen]) -> Vec<u128> {
    calls.windows(2).map(|pair| (pair[1].at - pair[0].at).as_millis()).collect()
}

async fn failing_app_with_dead_letters(code: u16) -> std::sync::Arc<StubApp> {
    let document = json!([
        with(subscription("t"), "deadLetterTopic", json!("t-dlq")),
        {"pubsubname": "ps", "topic": "t-dlq", "route": "/dead"},
    ]);
    StubApp::new(document, move |call| status(if call.path == "/in" { code } else { 200 }))
}

#[tokio::test(start_paused = true)]
async fn a_constant_policy_tries_once_more_than_it_retries_and_then_dead_letters() {
    let app = failing_app_with_dead_letters(500).await;
    let policy = "{retries: {p: {policy: constant, duration: 2s, maxRetries: 3}}}";
    let fixture = Fixture::start(&resources(policy, "{retry: p}"), &app).await;
    fixture.publish("t", json!(1)).await;
    app.calls("/dead", 1).await;
    let calls = app.calls_so_far("/in");
    assert_eq!(calls.len(), 4);
    assert!(gaps_ms(&calls).iter().all(|gap| (2_000..2_100).contains(gap)));
}

#[tokio::test(start_paused = true)]
async fn an_exponential_policy_waits_longer_each_time_up_to_its_limit() {
    let app = failing_app_with_dead_letters(500).await;
    let policy = "{retries: {p: {policy: exponential, maxInterval: 4s, maxRetries: 8}}}";
    let fixture = Fixture::start(&resources(policy, "{retry: p}"), &app).await;
    fixture.publish("t", json!(1)).await;
    app.calls("/dead", 1).await;
    let gaps = gaps_ms(&app.calls_so_far("/in"));
    assert_eq!(gaps.len(), 8);
    for (retry, gap) in gaps.iter().enumerate() {
        let base = (500.0 * 1.5_f64.powi(i32::try_from(retry).expect("small"))).min(4_000.0);
        let range = (base * 0.5) as u128..(base * 1.5) as u128 + 100;
        assert!(range.contains(gap), "retry {retry} after {gap} ms, expected {range:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_matching_statuses_are_retried() {
    let policy = r#"{retries: {p: {duration: 1s, maxRetries: 2,
        matching: {httpStatusCodes: "429,500-503"}}}}"#;
    for (code, expected) in [(429, 3), (502, 3), (400, 1), (504, 1)] {
        let app = failing_app_with_dead_letters(code).await;
        let fixture = Fixture::start(&resources(policy, "{retry: p}"), &app).await;
        fixture.publish("t", json!(1)).await;
        app.calls("/dead", 1).await;
        assert_eq!(app.calls_so_far("/in").len(), expected, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_explicit_retry_is_retried_whatever_matches() {
    let document = json!([
        with(subscription("t"), "deadLetterTopic", json!("t-dlq")),
        {"pubsubname": "ps", "topic": "t-dlq", "route": "/dead"},
    ]);
    let app = StubApp::new(document, |call| {
        let mut response = status(200);
        if call.path == "/in" {
            *response.body_mut() = r#"{"status":"RETRY"}"#.into();
        }
        response
    });
    let policy = r#"{retries: {p: {duration: 1s, maxRetries: 2,
        matching: {httpStatusCodes: "429"}}}}"#;
    let fixture = Fixture::start(&resources(policy, "{retry: p}"), &app).await;
    fixture.publish("t", json!(1)).await;
    app.calls("/dead", 1).await;
    assert_eq!(app.calls_so_far("/in").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn with_a_dead_letter_topic_and_no_policy_one_failure_is_a_dead_letter() {
    let app = failing_app_with_dead_letters(500).await;
    let fixture = Fixture::start(PUBSUB, &app).await;
    fixture.publish("t", json!(1)).await;
    app.calls("/dead", 1).await;
    assert_eq!(app.calls_so_far("/in").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_default_policy_applies_where_no_target_names_the_component() {
    let app = failing_app_with_dead_letters(500).await;
    let resources = format!(
        "{PUBSUB}
---
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {{name: r}}
spec:
  policies:
    retries:
      DefaultRetryPolicy: {{duration: 1s, maxRetries: 9}}
      DefaultPubsubComponentInboundRetryPolicy: {{duration: 1s, maxRetries: 1}}
"
    );
    let fixture = Fixture::start(&resources, &app).await;
    fixture.publish("t", json!(1)).await;
    app.calls("/dead", 1).await;
    assert_eq!(app.calls_so_far("/in").len(), 2, "the more specific default wins");
}

#[tokio::test(start_paused = true)]
async fn a_delivery_over_its_timeout_has_failed() {
    let app = StubApp::new(json!([subscription("t")]), |call| match call.nth {
        1 => after(Duration::from_secs(3_600), status(200)),
        _ => status(200),
    });
    let policies = "{timeouts: {t: 10s}, retries: {p: {duration: 2s, maxRetries: 1}}}";
    let fixture = Fixture::start(&resources(policies, "{timeout: t, retry: p}"), &app).await;
    fixture.publish("t", json!(1)).await;
    fixture.sidecar.idle().await;
    let gaps = gaps_ms(&app.calls_so_far("/in"));
    assert!(matches!(gaps[..], [12_000..12_100]), "{gaps:?}");
}
