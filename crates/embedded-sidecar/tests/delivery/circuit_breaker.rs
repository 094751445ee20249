//! An open circuit breaker lets nothing through until its time is over.

use serde_json::json;

use crate::support::{Fixture, PUBSUB, StubApp, status, subscription};

#[tokio::test(start_paused = true)]
async fn a_tripped_breaker_ends_the_retries_and_tries_again_after_its_timeout() {
    let app = StubApp::new(json!([subscription("t")]), |call| {
        status(if call.nth <= 3 { 500 } else { 200 })
    });
    let resources = format!(
        "{PUBSUB}
---
apiVersion: dapr.io/v1alpha1
kind: Resiliency
metadata: {{name: r}}
spec:
  policies:
    retries: {{p: {{duration: 1s, maxRetries: 10}}}}
    circuitBreakers: {{cb: {{maxRequests: 1, timeout: 60s, trip: consecutiveFailures > 2}}}}
  targets: {{components: {{ps: {{inbound: {{retry: p, circuitBreaker: cb}}}}}}}}
"
    );
    let fixture = Fixture::start(&resources, &app).await;
    fixture.publish("t", json!(1)).await;
    fixture.sidecar.idle().await;
    let calls = app.calls_so_far("/in");
    assert_eq!(calls.len(), 4, "three failures trip it, the fourth call succeeds");
    let rest = (calls[3].at - calls[2].at).as_secs();
    // The broker's own redelivery asks every five seconds while the breaker refuses.
    assert!((60..=66).contains(&rest), "{rest} s");
}
