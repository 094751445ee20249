//! Old records go; what is young, and what offsets are counted from, stays.

use embedded_sidecar::Inspector;
use serde_json::json;

use crate::support::{Fixture, StubApp, status, subscription};

const SHORT_RETENTION: &str = "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ps}
spec: {type: pubsub.in-memory, version: v1, metadata: [{name: retentionTime, value: 90m}]}
---
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: hourly}
spec: {type: bindings.cron, version: v1, metadata: [{name: schedule, value: \"@every 20m\"}]}
";

#[tokio::test(start_paused = true)]
async fn records_older_than_the_retention_are_pruned_but_never_the_newest_of_a_partition() {
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = Fixture::start(SHORT_RETENTION, &app).await;
    for n in 0..3 {
        fixture.publish("t?metadata.partitionKey=k", json!(n)).await;
    }
    fixture.sidecar.idle().await;
    let records = || {
        let dir = fixture.dir.path().join("data");
        let mut log = Inspector::open(&dir, Some("t")).expect("readable").expect("a log");
        let page = log.next_page().expect("a page");
        page.iter().map(|it| it.record.offset).collect::<Vec<_>>()
    };
    assert_eq!(records(), [0, 1, 2]);
    // The binding's ticks carry the virtual clock on, past the pruning of the second hour.
    app.calls("/hourly", 4).await;
    assert_eq!(records(), [0, 1, 2], "after an hour nothing is old enough");
    app.calls("/hourly", 8).await;
    assert_eq!(records(), [2]);
    fixture.publish("t?metadata.partitionKey=k", json!(3)).await;
    fixture.sidecar.idle().await;
    assert_eq!(records(), [2, 3]);
    assert_eq!(app.calls_so_far("/in").len(), 4);
}
