//! What an app says, and what the sidecar hears.

use dapr_protocol::{AppResponseStatus, DeliveryAnswer};

use crate::answer;

#[test]
fn each_answer_of_an_app_is_heard_as_it_was_meant() {
    let heard = |status: AppResponseStatus| DeliveryAnswer::read(&status.to_http());
    assert_eq!(heard(AppResponseStatus::Success), DeliveryAnswer::Ack);
    assert!(matches!(heard(AppResponseStatus::Drop), DeliveryAnswer::Drop { .. }));
    let retry = heard(AppResponseStatus::Retry);
    assert!(matches!(retry, DeliveryAnswer::Retry { status: None, .. }), "{retry:?}");
}

#[test]
fn only_the_first_value_of_a_body_counts() {
    let body = r#"{"status":"DROP"} {"status":"SUCCESS"}"#;
    let heard = DeliveryAnswer::read(&answer(200, body));
    assert!(matches!(heard, DeliveryAnswer::Drop { .. }), "{heard:?}");
}

#[test]
fn an_error_status_is_kept_for_the_policy_that_matches_statuses() {
    let heard = DeliveryAnswer::read(&answer(429, r#"{"status":"SUCCESS"}"#));
    assert!(matches!(heard, DeliveryAnswer::Retry { status: Some(429), .. }), "{heard:?}");
}
