//! Health checks.

use dapr_protocol::ErrorBody;
use dapr_protocol::runtime::{HealthAnswer, HealthScope, expected_app_id};

#[test]
fn a_refusal_names_what_is_awaited_and_reads_as_not_ready() {
    let refused = HealthScope::Everything.not_ready(&["app", "log"]);
    assert_eq!(refused.status(), 500);
    assert_eq!(HealthAnswer::read(&refused), HealthAnswer::NotReady);
    let body = ErrorBody::read(refused.body()).expect("an error");
    assert_eq!(body.message, "dapr is not ready: [app log]");
}

#[test]
fn the_expected_app_is_one_parameter_among_others() {
    assert_eq!(expected_app_id(Some("a=b&appid=my%20app")), Some("my app".to_owned()));
    assert_eq!(expected_app_id(Some("appid=")), None);
    assert_eq!(expected_app_id(None), None);
}
