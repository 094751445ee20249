//! Inbound policies: how often, how long apart, how long at most.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::engine::{
    App, Engine, PUBSUB, Seen, after, dead_letters, resiliency, status, subscription, text,
};

fn gaps_ms(calls: &[Seen]) -> Vec<u128> {
    calls.windows(2).map(|pair| (pair[1].at - pair[0].at).as_millis()).collect()
}

fn failing_app(engine: &Engine, code: u16) -> Arc<App> {
    engine.app(dead_letters(), move |call| status(if call.path == "/in" { code } else { 200 }))
}

/// Whether a gap is a wait of so long, and what else has to be done in the meantime.
fn is_about(gap_ms: u128, expected_ms: u128) -> bool {
    (expected_ms.saturating_sub(20)..expected_ms + 900).contains(&gap_ms)
}

pub(crate) async fn a_constant_policy_tries_once_more_than_it_retries_and_then_dead_letters(
    engine: &Engine,
) {
    let app = failing_app(engine, 500);
    let policy = "{retries: {p: {policy: constant, duration: 1s, maxRetries: 3}}}";
    let sidecar = engine.start(&resiliency(policy, "{retry: p}"), &app).await;
    sidecar.publish("t", json!(1)).await;
    app.calls("/dead", 1).await;
    let calls = app.calls_so_far("/in");
    assert_eq!(calls.len(), 4);
    let gaps = gaps_ms(&calls);
    assert!(gaps.iter().all(|gap| is_about(*gap, 1_000)), "{gaps:?}");
}

pub(crate) async fn an_exponential_policy_waits_longer_each_time_up_to_its_limit(engine: &Engine) {
    let app = failing_app(engine, 500);
    let policy = "{retries: {p: {policy: exponential, maxInterval: 1s, maxRetries: 4}}}";
    let sidecar = engine.start(&resiliency(policy, "{retry: p}"), &app).await;
    sidecar.publish("t", json!(1)).await;
    app.calls("/dead", 1).await;
    let gaps = gaps_ms(&app.calls_so_far("/in"));
    assert_eq!(gaps.len(), 4);
    for (retry, gap) in gaps.iter().enumerate() {
        let base = (500.0 * 1.5_f64.powi(i32::try_from(retry).expect("small"))).min(1_000.0);
        let range = (base * 0.5) as u128 - 20..(base * 1.5) as u128 + 900;
        assert!(range.contains(gap), "retry {retry} after {gap} ms, expected {range:?}");
    }
}

pub(crate) async fn only_matching_statuses_are_retried(engine: &Engine) {
    let policy = r#"{retries: {p: {duration: 1s, maxRetries: 2,
        matching: {httpStatusCodes: "429,500-503"}}}}"#;
    for (code, expected) in [(429, 3), (502, 3), (400, 1), (504, 1)] {
        let app = failing_app(engine, code);
        let sidecar = engine.start(&resiliency(policy, "{retry: p}"), &app).await;
        sidecar.publish("t", json!(1)).await;
        app.calls("/dead", 1).await;
        assert_eq!(app.calls_so_far("/in").len(), expected, "{code}");
    }
}

pub(crate) async fn an_explicit_retry_is_retried_whatever_matches(engine: &Engine) {
    let app = engine.app(dead_letters(), |call| {
        if call.path == "/in" { text(r#"{"status":"RETRY"}"#) } else { status(200) }
    });
    let policy = r#"{retries: {p: {duration: 1s, maxRetries: 2,
        matching: {httpStatusCodes: "429"}}}}"#;
    let sidecar = engine.start(&resiliency(policy, "{retry: p}"), &app).await;
    sidecar.publish("t", json!(1)).await;
    app.calls("/dead", 1).await;
    assert_eq!(app.calls_so_far("/in").len(), 3);
}

pub(crate) async fn with_a_dead_letter_topic_and_no_policy_one_failure_is_a_dead_letter(
    engine: &Engine,
) {
    let app = failing_app(engine, 500);
    let sidecar = engine.start(PUBSUB, &app).await;
    sidecar.publish("t", json!(1)).await;
    app.calls("/dead", 1).await;
    assert_eq!(app.calls_so_far("/in").len(), 1);
}

pub(crate) async fn a_default_policy_applies_where_no_target_names_the_component(engine: &Engine) {
    let app = failing_app(engine, 500);
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
    let sidecar = engine.start(&resources, &app).await;
    sidecar.publish("t", json!(1)).await;
    app.calls("/dead", 1).await;
    assert_eq!(app.calls_so_far("/in").len(), 2, "the more specific default wins");
}

pub(crate) async fn a_delivery_over_its_timeout_has_failed(engine: &Engine) {
    let app = engine.app(json!([subscription("t")]), |call| match call.nth {
        1 => after(Duration::from_secs(20), status(200)),
        _ => status(200),
    });
    let policies =
        "{timeouts: {t: 1s}, retries: {p: {policy: constant, duration: 1s, maxRetries: 1}}}";
    let sidecar = engine.start(&resiliency(policies, "{timeout: t, retry: p}"), &app).await;
    sidecar.publish("t", json!(1)).await;
    let gaps = gaps_ms(&app.calls("/in", 2).await);
    assert!(is_about(gaps[0], 2_000), "{gaps:?}");
}
