//! Which call a path is.

use dapr_protocol::ApiCall;
use dapr_protocol::api_call::{ApiVersion, SecretCall, StateCall};
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
    check(Method::POST, "/v1.0/publish/ps/", ApiCall::Unserved);
    check(Method::POST, "/v1.0/publish", ApiCall::Unserved);
}

#[test]
fn bulk_is_a_call_only_with_a_topic() {
    check(Method::POST, "/v1.0/publish/bulk/ps/t", bulk(ApiVersion::Stable, "ps", "t"));
    check(Method::POST, "/v1.0-alpha1/publish/bulk/ps/t", bulk(ApiVersion::Alpha1, "ps", "t"));
    check(Method::POST, "/v1.0/publish/bulk/t", publish("bulk", "t"));
    check(Method::POST, "/v1.0-alpha1/publish/ps/t", ApiCall::Unserved);
}

#[test]
fn jobs_have_two_forms_of_the_path_and_no_list() {
    let named = |version, name: &str| ApiCall::ScheduleJob { version, name: name.to_owned() };
    check(Method::POST, "/v1.0/jobs/r-1", named(ApiVersion::Stable, "r-1"));
    check(Method::POST, "/v1.0-alpha1/jobs/a%20b+c", named(ApiVersion::Alpha1, "a b c"));
    let (version, name) = (ApiVersion::Stable, "r-1".to_owned());
    check(Method::GET, "/v1.0/jobs/r-1", ApiCall::GetJob { version, name: name.clone() });
    check(Method::DELETE, "/v1.0/jobs/r-1/", ApiCall::DeleteJob { version, name });
    check(Method::POST, "/v1.0/jobs/%zz", ApiCall::BadEscape);
    for (method, path) in [
        (Method::GET, "/v1.0/jobs"),
        (Method::PUT, "/v1.0/jobs/r-1"),
        (Method::POST, "/v1.0/jobs/a/b"),
        (Method::POST, "/v2.0/jobs/a"),
    ] {
        check(method, path, ApiCall::Unserved);
    }
}

#[test]
fn state_is_a_key_or_a_call_depending_on_who_asks() {
    let state = |call| ApiCall::State { store: "s".to_owned(), call };
    let key = |key: &str| key.to_owned();
    check(Method::GET, "/v1.0/state/s/a%2Fb", state(StateCall::Get { key: key("a/b") }));
    check(Method::GET, "/v1.0/state/s/bulk", state(StateCall::Get { key: key("bulk") }));
    check(Method::DELETE, "/v1.0/state/s/k", state(StateCall::Delete { key: key("k") }));
    check(Method::PUT, "/v1.0/state/s/", state(StateCall::Save));
    check(Method::POST, "/v1.0/state/s/bulk", state(StateCall::BulkGet));
    check(Method::POST, "/v1.0/state/s/transaction", state(StateCall::Transaction));
    check(Method::POST, "/v1.0-alpha1/state/s/query", state(StateCall::Query));
    check(Method::GET, "/v1.0/state/s/%zz", ApiCall::BadEscape);
    for (method, path) in [
        (Method::GET, "/v1.0/state/s"),
        (Method::POST, "/v1.0/state/s/k"),
        (Method::GET, "/v1.0/state/s/a/b"),
        (Method::POST, "/v1.0/state"),
    ] {
        check(method, path, ApiCall::Unserved);
    }
}

#[test]
fn a_secret_named_bulk_is_all_of_them() {
    let secrets = |call| ApiCall::Secrets { store: "s".to_owned(), call };
    let name = "k".to_owned();
    check(Method::GET, "/v1.0/secrets/s/k", secrets(SecretCall::Get { name }));
    check(Method::GET, "/v1.0/secrets/s/bulk", secrets(SecretCall::GetAll));
    check(Method::POST, "/v1.0/secrets/s/k", ApiCall::Unserved);
}

#[test]
fn an_output_binding_is_posted_or_put_to() {
    for method in [Method::POST, Method::PUT] {
        check(method, "/v1.0/bindings/mail", ApiCall::InvokeBinding { name: "mail".to_owned() });
    }
    check(Method::GET, "/v1.0/bindings/mail", ApiCall::Unserved);
}

#[test]
fn lists_of_what_is_allowed_name_jobs_by_their_version() {
    let group = |path| {
        let call = ApiCall::parse(&Method::POST, path);
        call.group().map(|group| (group.name, group.version))
    };
    assert_eq!(group("/v1.0/jobs/a"), Some(("jobs", "v1.0")));
    assert_eq!(group("/v1.0-alpha1/jobs/a"), Some(("jobs", "v1.0-alpha1")));
    assert_eq!(group("/v1.0-alpha1/publish/bulk/p/t"), Some(("publish", "v1.0-alpha1")));
    assert_eq!(group("/v1.0/bindings/a"), Some(("bindings", "v1.0")));
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
    check(Method::GET, "/", ApiCall::Unserved);
}

#[test]
fn only_health_checks_are_open_to_callers_without_a_token() {
    let calls = ["/v1.0/healthz", "/v1.0/healthz/outbound", "/v1.0/metadata", "/nothing"];
    let open = calls.map(|path| ApiCall::parse(&Method::GET, path).is_open());
    assert_eq!(open, [true, true, false, false]);
}
