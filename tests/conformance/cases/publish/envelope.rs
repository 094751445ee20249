//! What is stored for a published payload.

use chrono::{DateTime, FixedOffset};
use expect_test::{Expect, expect};
use serde_json::json;

use crate::engine::{Engine, PUBSUB, post, status, subscription};

/// How long after its time an event expires; both are in whole seconds, so they may be one apart.
fn remaining(expiration: &str, time: Option<&str>) -> String {
    let at = |text: &str| text.parse::<DateTime<FixedOffset>>().expect("a time").timestamp();
    let seconds = at(expiration) - at(time.expect("a time"));
    let nominal = if seconds % 10 == 1 { seconds - 1 } else { seconds };
    format!("<in {nominal} s>")
}

async fn check(
    engine: &Engine,
    query: &str,
    content_type: &str,
    body: &'static str,
    expected: Expect,
) {
    let app = engine.app(json!([subscription("t")]), |_| status(200));
    let sidecar = engine.start(PUBSUB, &app).await;
    let publish = post(&format!("/v1.0/publish/ps/t{query}"), content_type, body);
    assert_eq!(sidecar.call(publish).await.status(), 204);
    let mut event = app.calls("/in", 1).await.remove(0).json();
    if event["id"].as_str().is_some_and(|id| id.len() == 36) {
        event["id"] = json!("<uuid>");
    }
    if let Some(expiration) = event["expiration"].as_str() {
        event["expiration"] = json!(remaining(expiration, event["time"].as_str()));
    }
    for always in ["specversion", "pubsubname", "topic", "time"] {
        assert!(event.as_object_mut().and_then(|it| it.remove(always)).is_some(), "{always}");
    }
    expected.assert_eq(&format!("{event:#}"));
}

pub(crate) async fn json_becomes_data(engine: &Engine) {
    check(
        engine,
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

pub(crate) async fn what_only_claims_to_be_json_and_every_other_type_becomes_a_string(
    engine: &Engine,
) {
    check(
        engine,
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
        engine,
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
        engine,
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

pub(crate) async fn bytes_become_base64(engine: &Engine) {
    check(
        engine,
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

pub(crate) async fn metadata_overrides_the_envelope_in_any_case_but_not_the_data(engine: &Engine) {
    let query = "?metadata.cloudevent.id=i&metadata.CloudEvent.Type=t2\
                 &metadata.cloudevent.subject=s\
                 &metadata.cloudevent.source=o&metadata.cloudevent.data=no\
                 &metadata.cloudevent.traceid=lost&metadata.cloudevent.traceparent=tp";
    check(
        engine,
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

pub(crate) async fn a_cloud_event_is_kept_and_completed_but_gets_no_id(engine: &Engine) {
    let own =
        r#"{"type":"a","topic":"forged","pubsubname":"forged","data":{},"ext":1,"traceid":"x"}"#;
    check(
        engine,
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

pub(crate) async fn a_time_to_live_becomes_an_expiration(engine: &Engine) {
    check(
        engine,
        "?metadata.ttlInSeconds=90",
        "application/json",
        "1",
        expect![[r#"
        {
          "data": 1,
          "datacontenttype": "application/json",
          "expiration": "<in 90 s>",
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
        engine,
        "?metadata.ttl=1h",
        "application/cloudevents+json",
        r#"{"id":"1"}"#,
        expect![[r#"
        {
          "expiration": "<in 3600 s>",
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

pub(crate) async fn a_topic_may_contain_slashes_and_a_plus_is_a_space(engine: &Engine) {
    let document = json!([{"pubsubname": "ps", "topic": "a/b c", "route": "/in"}]);
    let app = engine.app(document, |_| status(200));
    let sidecar = engine.start(PUBSUB, &app).await;
    sidecar.publish("a/b+c", json!(1)).await;
    assert_eq!(app.calls("/in", 1).await[0].json()["topic"], "a/b c");
}
