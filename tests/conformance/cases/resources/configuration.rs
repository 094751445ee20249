//! `kind: Configuration` given with `--config`.

use crate::engine::{Answer, Engine, PUBSUB, Setup, post, request};

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/// Up to the end of the trace's id.
const TRACE_ID: usize = 35;

/// Status codes of (publish, alpha bulk, metadata, healthz) under a configuration spec.
async fn check(engine: &Engine, spec: &str, expected: [u16; 4]) {
    let app = engine.content_app();
    let setup = Setup { configuration: Some(spec.to_owned()), ..Setup::of(PUBSUB) };
    let sidecar = engine.start_with(setup, &app).await;
    let mut codes = Vec::new();
    for call in [
        post("/v1.0/publish/ps/t", "application/json", "1"),
        post("/v1.0-alpha1/publish/bulk/ps/t", "application/json", "[]"),
        request("GET", "/v1.0/metadata"),
        request("GET", "/v1.0/healthz"),
    ] {
        codes.push(sidecar.call(call).await.status().as_u16());
    }
    assert_eq!(codes, expected, "{spec}");
}

pub(crate) async fn what_is_not_allowed_is_as_good_as_unknown(engine: &Engine) {
    check(engine, "{}", [204, 204, 200, 204]).await;
    check(
        engine,
        "{api: {allowed: [{name: publish, version: v1.0, protocol: http}]}}",
        [204, 404, 404, 204],
    )
    .await;
    check(
        engine,
        "{api: {denied: [{name: publish, version: v1.0, protocol: http}]}}",
        [404, 204, 200, 204],
    )
    .await;
    for elsewhere in ["protocol: grpc", "version: v1.0"] {
        let rule = format!("{{api: {{allowed: [{{name: state, {elsewhere}}}]}}}}");
        check(engine, &rule, [204, 204, 200, 204]).await;
    }
}

pub(crate) async fn a_sampling_rate_of_zero_turns_the_echo_of_traces_off(engine: &Engine) {
    for (rate, echoes) in [("\"0\"", false), ("\"1\"", true)] {
        let app = engine.content_app();
        let configuration = Some(format!("{{tracing: {{samplingRate: {rate}}}}}"));
        let setup = Setup { configuration, ..Setup::of(PUBSUB) };
        let sidecar = engine.start_with(setup, &app).await;
        for (path, echoes) in [("/v1.0/metadata", echoes), ("/v1.0/healthz", false)] {
            let mut call = request("GET", path);
            call.headers_mut().insert("traceparent", TRACE.parse().expect("a value"));
            let answer = sidecar.call(call).await;
            // A call that is sampled is a span of its own in the caller's trace.
            let trace = answer.text_of("traceparent").map(|it| &it[..TRACE_ID]);
            assert_eq!(trace, echoes.then_some(&TRACE[..TRACE_ID]), "{rate} {path}");
        }
    }
}
