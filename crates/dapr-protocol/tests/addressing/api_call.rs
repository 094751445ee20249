//! Which call a path is.

use dapr_protocol::ApiCall;
use dapr_protocol::api_call::ApiVersion;
use http::Method;

fn check(method: Method, path: &str, expected: ApiCall) {
    assert_eq!(ApiCall::parse(&method, path), expected, "{method} {path}");
}

fn publish(pubsub: &str, topic: &str) -> ApiCall {
    ApiCall::Publish { pubsub: pubsub.to_owned(), topic: topic.to_owned() }
}

fn bulk(version: ApiVersion, pubsub: &str, topic: &str) -> ApiCall {
    ApiCall::BulkPublish { version, pubsub: pubsub.to_owned(), topic: topic.to_owned() }
}

#[test]
fn a_publish_names_a_component_and_the_rest_is_the_topic() {
    check(Method::POST, "/v1.0/publish/ps/t", publish("ps", "t"));
    check(Method::PUT, "/v1.0/publish/ps/a/b", publish("ps", "a/b"));
    check(Method::POST, "/v1.0/publish/p%20s/a%2Fb+c", publish("p s", "a/b c"));
    check(Method::POST, "/v1.0/publish/ps", publish("ps", ""));
    check(Method::POST, "/v1.0/publish", publish("", ""));
}

#[test]
fn bulk_is_a_call_only_with_a_topic() {
    check(Method::POST, "/v1.0/publish/bulk/ps/t", bulk(ApiVersion::Stable, "ps", "t"));
    check(Method::POST, "/v1.0-alpha1/publish/bulk/ps/t", bulk(ApiVersion::Alpha1, "ps", "t"));
    check(Method::POST, "/v1.0/publish/bulk/t", publish("bulk", "t"));
    check(Method::POST, "/v1.0-alpha1/publish/ps/t", ApiCall::Unserved);
}

#[test]
fn paths_are_cleaned_before_they_are_matched() {
    check(Method::GET, "//v1.0/./healthz/", ApiCall::Healthz);
    check(Method::GET, "/v1.0/metadata/../healthz/outbound", ApiCall::HealthzOutbound);
}

#[test]
fn calls_about_the_sidecar_itself() {
    check(Method::GET, "/v1.0/metadata", ApiCall::Metadata);
    check(Method::PUT, "/v1.0/metadata/a%20b", ApiCall::SetMetadata { key: "a b".to_owned() });
    check(Method::POST, "/v1.0/shutdown", ApiCall::Shutdown);
}

#[test]
fn what_does_not_unescape_is_told_from_what_is_not_served() {
    for path in ["/v1.0/publish/ps/%", "/v1.0/publish/%f/t", "/v1.0/publish/ps/%ff"] {
        check(Method::POST, path, ApiCall::BadEscape);
    }
    check(Method::GET, "/v1.0/publish/ps/t", ApiCall::Unserved);
    check(Method::GET, "/v1.0/state/s/k", ApiCall::Unserved);
    check(Method::GET, "/", ApiCall::Unserved);
}

#[test]
fn only_health_checks_are_open_to_callers_without_a_token() {
    let calls = ["/v1.0/healthz", "/v1.0/healthz/outbound", "/v1.0/metadata", "/nothing"];
    let open = calls.map(|path| ApiCall::parse(&Method::GET, path).is_open());
    assert_eq!(open, [true, true, false, false]);
}
