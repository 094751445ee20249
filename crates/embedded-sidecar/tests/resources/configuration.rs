//! `kind: Configuration` given with `--config`.

use serde_json::json;

use crate::support::{Fixture, PUBSUB, StubApp, post, request, status};

/// Status codes of (publish, alpha bulk, metadata, healthz) under a configuration spec.
async fn check(spec: &str, expected: [u16; 4]) {
    let app = StubApp::new(json!([]), |_| status(200));
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("config.yaml");
    let text = format!("{{apiVersion: dapr.io/v1alpha1, kind: Configuration, spec: {spec}}}");
    std::fs::write(&file, text).expect("a file");
    let fixture =
        Fixture::configured(PUBSUB, &app, |config| config.config_paths = vec![file]).await;
    let mut codes = Vec::new();
    for call in [
        post("/v1.0/publish/ps/t", "application/json", "1"),
        post("/v1.0-alpha1/publish/bulk/ps/t", "application/json", "[]"),
        request("GET", "/v1.0/metadata"),
        request("GET", "/v1.0/healthz"),
    ] {
        codes.push(fixture.call(call).await.status().as_u16());
    }
    assert_eq!(codes, expected, "{spec}");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_allowed_is_as_good_as_unknown() {
    check("{}", [204, 204, 200, 204]).await;
    check("{api: {allowed: [{name: publish, version: v1.0}]}}", [204, 404, 404, 204]).await;
    check("{api: {denied: [{name: publish, version: v1.0}]}}", [404, 204, 200, 204]).await;
    check("{api: {allowed: [{name: state, protocol: grpc}]}}", [204, 204, 200, 204]).await;
}

#[tokio::test(start_paused = true)]
async fn a_sampling_rate_of_zero_turns_the_echo_of_traces_off() {
    for (rate, echoes) in [("\"0\"", false), ("\"1\"", true)] {
        let app = StubApp::new(json!([]), |_| status(200));
        let dir = tempfile::tempdir().expect("a directory");
        let file = dir.path().join("config.yaml");
        let text = format!(
            "{{apiVersion: dapr.io/v1alpha1, kind: Configuration, \
             spec: {{tracing: {{samplingRate: {rate}}}}}}}"
        );
        std::fs::write(&file, text).expect("a file");
        let fixture =
            Fixture::configured(PUBSUB, &app, |config| config.config_paths = vec![file]).await;
        let mut call = request("GET", "/v1.0/healthz");
        call.headers_mut().insert("traceparent", "00-a-b-01".parse().expect("a value"));
        let answer = fixture.call(call).await;
        assert_eq!(answer.headers().contains_key("traceparent"), echoes, "{rate}");
    }
}
