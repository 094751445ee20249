//! The metadata document.

use dapr_protocol::Subscription;
use dapr_protocol::runtime::{RuntimeMetadata, SubscriptionMetadata, SubscriptionOrigin};

#[test]
fn what_one_end_writes_the_other_reads() {
    let stated = Subscription::new("ps", "t").rule_for_type("a", "/a").default_route("/d");
    let written = RuntimeMetadata {
        id: "app".to_owned(),
        subscriptions: vec![SubscriptionMetadata {
            pubsubname: stated.pubsub,
            topic: stated.topic,
            metadata: stated.metadata,
            rules: stated.rules,
            dead_letter_topic: String::new(),
            origin: SubscriptionOrigin::Programmatic,
        }],
        ..RuntimeMetadata::default()
    };
    let read: RuntimeMetadata =
        serde_json::from_slice(written.to_http().body()).expect("a document");
    assert_eq!(read, written);
}
