//! What is stored for a published payload.

use expect_test::{Expect, expect};
use serde_json::json;

use crate::support::{Fixture, PUBSUB, StubApp, post, status, subscription};

async fn check(query: &str, content_type: &str, body: &'static str, expected: Expect) {
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = Fixture::start(PUBSUB, &app).await;
    let publish = post(&format!("/v1.0/publish/ps/t{query}"), content_type, body);
    assert_eq!(fixture.call(publish).await.status(), 204);
    let mut event = app.calls("/in", 1).await.remove(0).json();
    if event["id"].as_str().is_some_and(|id| id.len() == 36) {
        event["id"] = json!("<uuid>");
    }
    for always in ["specversion", "pubsubname", "topic", "time"] {
        assert!(event.as_object_mut().and_then(|it| it.remove(always)).is_some(), "{always}");
    }
    expected.assert_eq(&format!("{event:#}"));
}

#[tokio::test(start_paused = true)]
async fn json_becomes_data() {
    check(
        "",
        "application/json; charset=utf-8",
        r#"{"a":[1]}"#,
        expect![[r#"
        {
          "data": {
            "a": [
              1
            ]
          },
          "datacontenttype": "application/json; charset=utf-8",
          "id": "<uuid>",
          "source": "app",
          "traceid": "",
          "traceparent": "",
          "tracestate": "",
          "type": "com.dapr.event.sent"
        }"#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_only_claims_to_be_json_and_every_other_type_becomes_a_string() {
    check(
        "",
        "application/json",
        "{",
        expect![[r#"
        {
          "data": "{",
          "datacontenttype": "application/json",
          "id": "<uuid>",
          "source": "app",
          "traceid": "",
          "traceparent": "",
          "tracestate": "",
          "type": "com.dapr.event.sent"
        }"#]],
    )
    .await;
    check(
        "",
        "application/problem+json",
        "{}",
        expect![[r#"
        {
          "data": "{}",
          "datacontenttype": "application/problem+json",
          "id": "<uuid>",
          "source": "app",
          "traceid": "",
          "traceparent": "",
          "tracestate": "",
          "type": "com.dapr.event.sent"
        }"#]],
    )
    .await;
    check(
        "",
        "",
        "hi",
        expect![[r#"
        {
          "data": "hi",
          "datacontenttype": "text/plain",
          "id": "<uuid>",
          "source": "app",
          "traceid": "",
          "traceparent": "",
          "tracestate": "",
          "type": "com.dapr.event.sent"
        }"#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn bytes_become_base64() {
    check(
        "",
        "application/octet-stream",
        "hi",
        expect![[r#"
        {
          "data_base64": "aGk=",
          "datacontenttype": "application/octet-stream",
          "id": "<uuid>",
          "source": "app",
          "traceid": "",
          "traceparent": "",
          "tracestate": "",
          "type": "com.dapr.event.sent"
        }"#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn metadata_overrides_the_envelope_in_any_case_but_not_the_data() {
    let query = "?metadata.cloudevent.id=i&metadata.CloudEvent.Type=t2\
                 &metadata.cloudevent.subject=s\
                 &metadata.cloudevent.source=o&metadata.cloudevent.data=no\
                 &metadata.cloudevent.traceid=lost&metadata.cloudevent.traceparent=tp";
    check(
        query,
        "application/json",
        "1",
        expect![[r#"
        {
          "data": 1,
          "datacontenttype": "application/json",
          "id": "i",
          "source": "o",
          "subject": "s",
          "traceid": "tp",
          "traceparent": "tp",
          "tracestate": "",
          "type": "t2"
        }"#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_cloud_event_is_kept_and_completed_but_gets_no_id() {
    let own =
        r#"{"type":"a","topic":"forged","pubsubname":"forged","data":{},"ext":1,"traceid":"x"}"#;
    check(
        "?metadata.cloudevent.id=ignored",
        "application/cloudevents+json",
        own,
        expect![[r#"
        {
          "data": {},
          "ext": 1,
          "source": "Dapr",
          "traceid": "x",
          "tracestate": "",
          "type": "a"
        }"#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_time_to_live_becomes_an_expiration() {
    check(
        "?metadata.ttlInSeconds=90",
        "application/json",
        "1",
        expect![[r#"
        {
          "data": 1,
          "datacontenttype": "application/json",
          "expiration": "2027-01-31T09:01:30Z",
          "id": "<uuid>",
          "source": "app",
          "traceid": "",
          "traceparent": "",
          "tracestate": "",
          "type": "com.dapr.event.sent"
        }"#]],
    )
    .await;
    check(
        "?metadata.ttl=1h",
        "application/cloudevents+json",
        r#"{"id":"1"}"#,
        expect![[r#"
        {
          "expiration": "2027-01-31T10:00:00Z",
          "id": "1",
          "source": "Dapr",
          "traceid": "",
          "traceparent": "",
          "tracestate": "",
          "type": "com.dapr.event.sent"
        }"#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_topic_may_contain_slashes_and_a_plus_is_a_space() {
    let document = json!([{"pubsubname": "ps", "topic": "a/b c", "route": "/in"}]);
    let app = StubApp::new(document, |_| status(200));
    let fixture = Fixture::start(PUBSUB, &app).await;
    fixture.publish("a/b+c", json!(1)).await;
    assert_eq!(app.calls("/in", 1).await[0].json()["topic"], "a/b c");
}
