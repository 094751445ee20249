//! Web pages that call the API.

use bytes::Bytes;
use http::{Request, Response};

use crate::engine::{Answer, Engine, PUBSUB, Setup, Sidecar};

async fn started(engine: &Engine, allowed_origins: Option<&'static str>) -> Sidecar {
    let setup = Setup { allowed_origins, api_token: Some("secret"), ..Setup::of(PUBSUB) };
    engine.start_with(setup, &engine.content_app()).await
}

async fn preflight(sidecar: &Sidecar, origin: &str) -> Response<Bytes> {
    let asked = Request::builder()
        .method("OPTIONS")
        .uri("/v1.0/publish/ps/t")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "dapr-api-token");
    sidecar.call(asked.body(Bytes::new()).expect("a request")).await
}

pub(crate) async fn without_origins_a_page_is_told_nothing(engine: &Engine) {
    let sidecar = started(engine, None).await;
    let answer = preflight(&sidecar, "https://a.example").await;
    assert_eq!(answer.text_of("access-control-allow-origin"), None);
    assert_eq!(answer.status(), 401, "an ordinary request without the token");
}

pub(crate) async fn a_preflight_needs_no_token(engine: &Engine) {
    let sidecar = started(engine, Some("https://a.example,https://*.b.example")).await;
    for origin in ["https://a.example", "https://x.b.example"] {
        let answer = preflight(&sidecar, origin).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.text_of("access-control-allow-origin"), Some(origin));
        assert_eq!(answer.text_of("access-control-allow-methods"), Some("POST"));
        let headers = answer.text_of("access-control-allow-headers").unwrap_or_default();
        assert!(headers.eq_ignore_ascii_case("dapr-api-token"), "{headers}");
    }
    let other = preflight(&sidecar, "https://other.example").await;
    assert_eq!(other.status(), 200);
    assert_eq!(other.text_of("access-control-allow-origin"), None);
}

pub(crate) async fn answers_say_which_page_may_see_them(engine: &Engine) {
    for (allowed, told) in [("*", "*"), ("https://a.example", "https://a.example")] {
        let sidecar = started(engine, Some(allowed)).await;
        let asked = Request::builder().uri("/v1.0/metadata").header("origin", "https://a.example");
        let answer = sidecar.call(asked.body(Bytes::new()).expect("a request")).await;
        assert_eq!(answer.status(), 401, "the token is wanted all the same");
        assert_eq!(answer.text_of("access-control-allow-origin"), Some(told));
    }
}
