//! How failed calls are counted.

use serde_json::json;

use crate::support::{Fixture, StubApp, status};

#[tokio::test(start_paused = true)]
async fn every_failed_call_is_counted() {
    let app = StubApp::new(json!([]), |_| status(500));
    let fixture = Fixture::start("", &app).await;
    fixture.schedule("job", json!({"dueTime": "10s"})).await;
    let calls = app.calls("/job/job", 4).await;
    fixture.sidecar.idle().await;
    let at: Vec<_> = calls.iter().map(|call| call.at.as_secs()).collect();
    assert_eq!(at, [10, 11, 12, 13]);
    let metrics = fixture.sidecar.metrics_text();
    assert!(metrics.contains("dapr_component_job_failure_count{app_id=\"app\"} 4"), "{metrics}");
}
