//! One event.

use bytes::Bytes;
use dapr_protocol::{PublishOutcome, PublishRequest, Refusal};
use expect_test::expect;

use crate::{answer, dapr, text};

#[test]
fn names_are_escaped_and_metadata_becomes_the_query() {
    let event = Bytes::from_static(br#"{"id":"1"}"#);
    let mut publish = PublishRequest::cloud_event("kafka pubsub", "tasks/a+b", event);
    let metadata = std::mem::take(&mut publish.options.metadata);
    publish.options.metadata = metadata.with_partition_key("user&1").with("ttlInSeconds", "60");
    let request = publish.to_http(&dapr()).expect("a request");
    expect![[r#"
        POST http://localhost:3500/v1.0/publish/kafka%20pubsub/tasks/a%2Bb?metadata.partitionKey=user%261&metadata.ttlInSeconds=60
        content-type: application/cloudevents+json
        content-length: 10
        {"id":"1"}"#]]
    .assert_eq(&text(&request));
}

#[test]
fn any_success_is_published_and_anything_else_says_why() {
    assert_eq!(PublishOutcome::read(&answer(204, "")), PublishOutcome::Published);
    let body = r#"{"errorCode":"ERR_PUBSUB_FORBIDDEN","message":"no","details":[{}]}"#;
    assert_eq!(
        PublishOutcome::read(&answer(403, body)),
        PublishOutcome::Refused(Refusal {
            status: 403,
            code: "ERR_PUBSUB_FORBIDDEN".to_owned(),
            message: "no".to_owned(),
        })
    );
}

#[test]
fn an_answer_that_is_not_daprs_is_shown_in_part() {
    let PublishOutcome::Refused(refusal) = PublishOutcome::read(&answer(502, &"x".repeat(999)))
    else {
        panic!("published")
    };
    assert_eq!((refusal.code.as_str(), refusal.message.len()), ("", 200));
}
