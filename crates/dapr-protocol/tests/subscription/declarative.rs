//! Subscription resources.

use dapr_protocol::Subscription;
use dapr_protocol::subscription::{DeclarativeError, read_declarative};
use serde_json::json;

#[test]
fn both_versions_mean_the_same_subscription() {
    let old = json!({"pubsubname": "ps", "topic": "t", "route": "/x", "deadLetterTopic": "d"});
    let new = json!({"pubsubname": "ps", "topic": "t", "routes": {"default": "/x"},
        "deadLetterTopic": "d", "bulkSubscribe": {"enabled": false}});
    let expected = Subscription::new("ps", "t").default_route("/x").dead_letter_topic("d");
    assert_eq!(read_declarative("dapr.io/v1alpha1", old).expect("valid"), expected);
    assert_eq!(read_declarative("dapr.io/v2alpha1", new).expect("valid"), expected);
}

#[test]
fn a_spec_without_a_topic_and_an_unknown_version_are_refused() {
    let spec = || json!({"pubsubname": "ps", "routes": {"default": "/x"}});
    let missing = read_declarative("dapr.io/v2alpha1", spec()).expect_err("no topic");
    assert!(matches!(missing, DeclarativeError::Spec(_)));
    let unknown = read_declarative("dapr.io/v3", spec()).expect_err("no such version");
    assert!(matches!(unknown, DeclarativeError::ApiVersion(_)));
}
