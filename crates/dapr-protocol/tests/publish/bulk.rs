//! Many events, and the way down the versions.

use dapr_protocol::{
    BulkEntry, BulkOutcome, BulkPublishRequest, BulkSupport, FailedEntry, RequestError,
    RequestMetadata,
};
use expect_test::expect;

use crate::{answer, dapr, text};

fn request(event_json: &str) -> BulkPublishRequest<'static> {
    BulkPublishRequest {
        pubsub: "ps",
        topic: "t",
        entries: vec![BulkEntry {
            entry_id: "e-1".to_owned(),
            event_json: event_json.to_owned(),
            content_type: "application/cloudevents+json".to_owned(),
            metadata: RequestMetadata::default().with_partition_key("user-1"),
        }],
        metadata: RequestMetadata::default(),
    }
}

#[test]
fn events_are_sent_as_they_are_spelt() {
    let bulk = request(r#"{"n": 9007199254740993}"#);
    let stable = bulk.to_http(&dapr(), BulkSupport::Stable).expect("valid").expect("a request");
    expect![[r#"
        POST http://localhost:3500/v1.0/publish/bulk/ps/t
        content-type: application/json
        content-length: 133
        [{"entryId":"e-1","event":{"n": 9007199254740993},"contentType":"application/cloudevents+json","metadata":{"partitionKey":"user-1"}}]"#]]
    .assert_eq(&text(&stable));
    let alpha = bulk.to_http(&dapr(), BulkSupport::Alpha).expect("valid").expect("a request");
    assert_eq!(alpha.uri().path(), "/v1.0-alpha1/publish/bulk/ps/t");
    assert!(bulk.to_http(&dapr(), BulkSupport::Single).expect("valid").is_none());
}

#[test]
fn an_entry_that_is_no_json_is_named() {
    let error = request("{").to_http(&dapr(), BulkSupport::Stable).expect_err("no JSON");
    assert!(matches!(error, RequestError::EntryNotJson { entry_id, .. } if entry_id == "e-1"));
}

#[test]
fn only_the_named_entries_failed() {
    let body = r#"{"failedEntries":[{"entryId":"2","error":"full"}],"errorCode":"ERR_X"}"#;
    let failed = FailedEntry { entry_id: "2".to_owned(), error: "full".to_owned() };
    let outcome = BulkOutcome::read(&answer(500, body), BulkSupport::Stable);
    assert_eq!(outcome, BulkOutcome::Failed(vec![failed]));
}

#[test]
fn a_sidecar_without_the_call_is_told_from_one_without_the_component() {
    let old = r#"{"errorCode":"ERR_PUBSUB_NOT_FOUND","message":"pubsub bulk is not found"}"#;
    let older = r#"{"errorCode":"ERR_DIRECT_INVOKE","message":"no app id"}"#;
    let missing = r#"{"errorCode":"ERR_PUBSUB_NOT_FOUND","message":"pubsub ps is not found"}"#;
    let outcome = |body, support| BulkOutcome::read(&answer(404, body), support);
    assert_eq!(outcome(old, BulkSupport::Stable), BulkOutcome::NotSupported);
    assert_eq!(outcome(older, BulkSupport::Alpha), BulkOutcome::NotSupported);
    let BulkOutcome::Refused(refusal) = outcome(missing, BulkSupport::Alpha) else {
        panic!("the alpha path knows that the component is missing")
    };
    assert_eq!(refusal.code, "ERR_PUBSUB_NOT_FOUND");
}

#[test]
fn the_way_down_ends_at_single() {
    let down = [BulkSupport::Stable, BulkSupport::Alpha, BulkSupport::Single].map(|it| it.down());
    assert_eq!(down, [BulkSupport::Alpha, BulkSupport::Single, BulkSupport::Single]);
}
