//! Who may call the sidecar.

use crate::engine::{Engine, PUBSUB, Setup, Sidecar, request};

async fn started(engine: &Engine) -> Sidecar {
    let setup = Setup { api_token: Some("secret"), ..Setup::of(PUBSUB) };
    engine.start_with(setup, &engine.content_app()).await
}

pub(crate) async fn with_an_api_token_everything_but_health_checks_needs_it(engine: &Engine) {
    let sidecar = started(engine).await;
    let code = async |method, path, token: Option<&str>| {
        let mut request = request(method, path);
        if let Some(token) = token {
            request.headers_mut().insert("dapr-api-token", token.parse().expect("a value"));
        }
        sidecar.call(request).await.status().as_u16()
    };
    for path in ["/v1.0/healthz", "/v1.0/healthz/outbound"] {
        assert_eq!(code("GET", path, None).await, 204, "{path}");
    }
    for (method, path, allowed) in [
        ("POST", "/v1.0/publish/ps/t", 204),
        ("GET", "/v1.0/metadata", 200),
        ("GET", "/v1.0/unknown", 404),
    ] {
        assert_eq!(code(method, path, None).await, 401, "{path}");
        assert_eq!(code(method, path, Some("secret2")).await, 401, "{path}");
        assert_eq!(code(method, path, Some("secret")).await, allowed, "{path}");
    }
}

pub(crate) async fn a_refused_caller_reads_plain_text(engine: &Engine) {
    let sidecar = started(engine).await;
    let refused = sidecar.call(request("GET", "/v1.0/metadata")).await;
    assert_eq!(refused.body(), "invalid api token\n");
    assert_eq!(refused.headers()["content-type"], "text/plain; charset=utf-8");
}
