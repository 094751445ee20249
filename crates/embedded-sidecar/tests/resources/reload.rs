//! What a sidecar keeps while its resources change under it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Fixture, PUBSUB, StubApp, after, post, request, status, subscription};

const MEMORY: &str = "
---
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: memory}
spec: {type: state.in-memory, version: v1}
";

fn write(fixture: &Fixture, file: &str, text: &str) {
    std::fs::write(fixture.dir.path().join("resources").join(file), text).expect("a file");
}

fn delivered(app: &StubApp) -> Vec<Value> {
    app.calls_so_far("/in").iter().map(|call| call.json()["data"].clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn events_around_a_reload_come_once_and_in_order() {
    let app = StubApp::new(json!([subscription("t")]), |_| {
        after(Duration::from_millis(300), status(200))
    });
    let fixture = Fixture::start(PUBSUB, &app).await;
    for n in 0..30 {
        fixture.publish("t?metadata.partitionKey=k", json!(n)).await;
        if n % 10 == 5 {
            fixture.sidecar.reload().await.expect("the same resources");
        }
    }
    app.calls("/in", 30).await;
    fixture.sidecar.idle().await;
    assert_eq!(delivered(&app), (0..30).map(Value::from).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_due_meanwhile_fires_once() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start(PUBSUB, &app).await;
    fixture.schedule("j", json!({"dueTime": "1s", "data": 1})).await;
    fixture.sidecar.reload().await.expect("the same resources");
    app.calls("/job/j", 1).await;
    fixture.sidecar.idle().await;
    assert_eq!(app.calls_so_far("/job/j").len(), 1);
    assert!(fixture.job_names().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_in_memory_stays_while_its_component_does() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start(&format!("{PUBSUB}{MEMORY}"), &app).await;
    let save = post("/v1.0/state/memory", "application/json", r#"[{"key": "k", "value": 1}]"#);
    assert_eq!(fixture.call(save).await.status(), 204);
    let get = || request("GET", "/v1.0/state/memory/k");

    write(&fixture, "other.yaml", &PUBSUB.replace("ps", "other"));
    fixture.sidecar.reload().await.expect("usable resources");
    assert_eq!(fixture.call(get()).await.body(), "1");

    let prefixed = "v1, metadata: [{name: keyPrefix, value: none}]}";
    let changed = format!("{PUBSUB}{MEMORY}").replace("v1}", prefixed);
    write(&fixture, "resources.yaml", &changed);
    fixture.sidecar.reload().await.expect("usable resources");
    assert_eq!(fixture.call(get()).await.status(), 204);
}

#[tokio::test(start_paused = true)]
async fn resources_that_cannot_be_used_change_nothing() {
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = Fixture::start(PUBSUB, &app).await;
    write(&fixture, "resources.yaml", &PUBSUB.replace("pubsub", "lock"));
    let refused = fixture.sidecar.reload().await.expect_err("a type that is not served");
    assert_eq!(refused.to_string(), "cannot load the resources");
    fixture.publish("t", json!("still here")).await;
    fixture.sidecar.idle().await;
    assert_eq!(delivered(&app), ["still here"]);
}

#[tokio::test(start_paused = true)]
async fn a_label_and_a_good_state_of_health_outlive_a_reload() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start(PUBSUB, &app).await;
    let label = request("PUT", "/v1.0/metadata/colour").map(|_| "green".into());
    assert_eq!(fixture.call(label).await.status(), 204);
    fixture.sidecar.reload().await.expect("the same resources");
    assert_eq!(fixture.call(request("GET", "/v1.0/healthz")).await.status(), 204);
    let metadata = fixture.call(request("GET", "/v1.0/metadata")).await;
    let metadata: Value = serde_json::from_slice(metadata.body()).expect("JSON");
    assert_eq!(metadata["extended"]["colour"], "green");
}

#[tokio::test(start_paused = true)]
async fn after_the_end_nothing_is_begun_again() {
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = Fixture::start(PUBSUB, &app).await;
    fixture.sidecar.shutdown().await;
    fixture.sidecar.reload().await.expect("nothing to do");
    // Whatever was begun gets its turn while this is written to disk.
    fixture.publish("t", json!(1)).await;
    assert_eq!(app.calls_so_far("/dapr/subscribe").len(), 1);
    assert!(delivered(&app).is_empty());
}
