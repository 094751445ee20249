//! State across ends of the sidecar.

use serde_json::json;

use crate::support::{Fixture, SidecarProcess, StubApp, post, request, status};

/// A type whose database is not served: a file of its own takes its place.
const REDIS: &str = "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: store}
spec: {type: state.redis, version: v1, metadata: [{name: redisHost, value: nowhere:6379}]}
";

const IN_MEMORY: &str = "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: store}
spec: {type: state.in-memory, version: v1}
";

async fn after_a_restart(resources: &str) -> u16 {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start(resources, &app).await;
    let body = json!([{"key": "k", "value": 1}]).to_string();
    let saved = fixture.call(post("/v1.0/state/store", "application/json", body)).await;
    assert_eq!(saved.status(), 204);
    let dir = fixture.shut_down().await;
    let fixture = Fixture::start_in(dir, resources, &app, |_| {}).await.expect("it starts");
    fixture.call(request("GET", "/v1.0/state/store/k")).await.status().as_u16()
}

#[tokio::test(start_paused = true)]
async fn a_value_survives_unless_its_component_is_in_memory() {
    assert_eq!(after_a_restart(REDIS).await, 200);
    assert_eq!(after_a_restart(IN_MEMORY).await, 204);
}

#[test]
fn what_was_acknowledged_survives_a_kill() {
    let dir = tempfile::tempdir().expect("a directory");
    let folder = dir.path().join("resources");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("store.yaml"), REDIS).expect("a file");
    let sidecar = SidecarProcess::start(dir.path(), &[]);
    let mut last = None;
    for n in 0..100 {
        let items = json!([{"key": "k", "value": n}]);
        let url = format!("{}/v1.0/state/store", sidecar.api);
        assert_eq!(ureq::post(url).send_json(&items).expect("an answer").status(), 204);
        last = Some(n);
    }
    sidecar.kill();
    let sidecar = SidecarProcess::start(dir.path(), &[]);
    let url = format!("{}/v1.0/state/store/k", sidecar.api);
    let mut answer = ureq::get(url).call().expect("an answer");
    assert_eq!(answer.body_mut().read_json::<i32>().ok(), last);
}
