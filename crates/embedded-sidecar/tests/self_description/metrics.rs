//! Counters and the backlog.

use expect_test::expect;
use serde_json::json;

use crate::support::{Fixture, PUBSUB, StubApp, status, subscription};

#[tokio::test(start_paused = true)]
async fn publishes_deliveries_and_the_backlog_are_counted() {
    let app = StubApp::new(json!([subscription("t")]), |call| match call.json()["data"].as_str() {
        Some("stuck") => status(500),
        _ => status(200),
    });
    let fixture = Fixture::start(PUBSUB, &app).await;
    fixture.publish("t?metadata.partitionKey=a", json!("fine")).await;
    fixture.sidecar.idle().await;
    fixture.publish("t?metadata.partitionKey=a", json!("stuck")).await;
    fixture.publish("t?metadata.partitionKey=a", json!("behind it")).await;
    app.calls("/in", 3).await;
    expect![[r##"
        # HELP dapr_component_pubsub_egress_count Events published, by outcome.
        # TYPE dapr_component_pubsub_egress_count counter
        dapr_component_pubsub_egress_count{app_id="app",component="ps",topic="t",success="true"} 3
        # HELP dapr_component_pubsub_ingress_count Delivery attempts, by what became of them.
        # TYPE dapr_component_pubsub_ingress_count counter
        dapr_component_pubsub_ingress_count{app_id="app",component="ps",topic="t",process_status="success"} 1
        dapr_component_pubsub_ingress_count{app_id="app",component="ps",topic="t",process_status="retry"} 2
        # HELP dapr_component_job_success_count Calls for jobs that the app took.
        # TYPE dapr_component_job_success_count counter
        # HELP dapr_component_job_failure_count Calls for jobs that failed.
        # TYPE dapr_component_job_failure_count counter
        # HELP embedded_sidecar_undelivered Events a subscription has not settled yet.
        # TYPE embedded_sidecar_undelivered gauge
        embedded_sidecar_undelivered{app_id="app",component="ps",topic="t"} 2
    "##]]
    .assert_eq(&fixture.sidecar.metrics_text());
}
