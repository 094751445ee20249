//! Where the sidecar is.

use dapr_protocol::runtime::HealthScope;
use dapr_protocol::{DaprEndpoint, RequestError};

#[test]
fn the_token_goes_on_every_request_and_an_empty_one_is_none() {
    let token = |token| {
        let dapr = DaprEndpoint::new("http://dapr", token).expect("an endpoint");
        let request = HealthScope::Outbound.request(&dapr).expect("a request");
        request.headers().get("dapr-api-token").map(|it| it.to_str().expect("text").to_owned())
    };
    assert_eq!(token(Some("secret")), Some("secret".to_owned()));
    assert_eq!(token(Some("")), None);
    assert_eq!(token(None), None);
}

#[test]
fn what_is_no_base_url_is_refused() {
    for url in ["", "localhost:3500", "ftp://dapr", "http://dapr/v1.0", "http://"] {
        let error = DaprEndpoint::new(url, None).expect_err(url);
        assert!(matches!(error, RequestError::SidecarUrl { .. }), "{url}: {error}");
    }
    let error = DaprEndpoint::new("http://dapr", Some("a\nb")).expect_err("a newline");
    assert!(matches!(error, RequestError::SidecarToken));
}
