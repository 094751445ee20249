//! An unhealthy app is left alone, and gets everything once it is well again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use embedded_sidecar::{AppHealthConfig, SidecarConfig};
use serde_json::json;

use crate::support::{Fixture, PUBSUB, StubApp, status, subscription, with};

fn watched(config: &mut SidecarConfig) {
    config.app_health = Some(AppHealthConfig {
        path: "/readyz".to_owned(),
        interval: Duration::from_secs(1),
        threshold: 2,
        ..AppHealthConfig::default()
    });
}

/// An app that fails everything, its probes included, while `is_well` is false.
fn app_by_switch(is_well: &Arc<AtomicBool>) -> Arc<StubApp> {
    let is_well = Arc::clone(is_well);
    let document = json!([with(subscription("t"), "deadLetterTopic", json!("t-dlq"))]);
    StubApp::new(document, move |_| status(if is_well.load(Ordering::SeqCst) { 200 } else { 503 }))
}

#[tokio::test(start_paused = true)]
async fn an_app_that_was_never_healthy_is_not_asked_for_subscriptions() {
    let is_well = Arc::new(AtomicBool::new(false));
    let app = app_by_switch(&is_well);
    let fixture = Fixture::configured(PUBSUB, &app, watched).await;
    app.calls("/readyz", 10).await;
    assert!(app.calls_so_far("/dapr/subscribe").is_empty());
    fixture.publish("t", json!(1)).await;
    is_well.store(true, Ordering::SeqCst);
    let delivered = app.calls("/in", 1).await;
    assert_eq!(delivered[0].json()["data"], 1);
    assert_eq!(app.calls_so_far("/dapr/subscribe").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_outage_pauses_deliveries_instead_of_making_dead_letters() {
    let is_well = Arc::new(AtomicBool::new(true));
    let app = app_by_switch(&is_well);
    let resources = format!(
        "{PUBSUB}
---
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {{name: r}}
spec:
  policies: {{retries: {{p: {{duration: 2s, maxRetries: 3}}}}}}
  targets: {{components: {{ps: {{inbound: {{retry: p}}}}}}}}
"
    );
    let fixture = Fixture::configured(&resources, &app, watched).await;
    fixture.publish("t", json!("before")).await;
    app.calls("/in", 1).await;

    is_well.store(false, Ordering::SeqCst);
    fixture.publish("t", json!("during")).await;
    let probes = app.calls_so_far("/readyz").len();
    // Far longer than the policy's four attempts would last.
    app.calls("/readyz", probes + 120).await;
    let attempts = app.calls_so_far("/in").len();
    assert!(attempts <= 4, "{attempts} attempts although the app was unhealthy");
    assert_eq!(fixture.sidecar.lag()[0].undelivered, 1);

    is_well.store(true, Ordering::SeqCst);
    fixture.sidecar.idle().await;
    let last = app.calls_so_far("/in").pop().expect("a delivery");
    assert_eq!(last.json()["data"], "during");
    assert!(!fixture.sidecar.metrics_text().contains(r#"topic="t-dlq""#));
}
