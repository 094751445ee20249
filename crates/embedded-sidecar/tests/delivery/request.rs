//! The call that brings an event to the app.

use expect_test::expect;
use serde_json::json;

use crate::support::{Fixture, PUBSUB, StubApp, post, status, subscription, with};

#[tokio::test(start_paused = true)]
async fn an_event_comes_as_its_stored_cloud_event_with_the_brokers_headers() {
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = Fixture::start(PUBSUB, &app).await;
    let own = r#"{"id":"e-1","source":"s","type":"a","data":{"n":9007199254740993},"extra":"x"}"#;
    let path = "/v1.0/publish/ps/t?metadata.partitionKey=user-1&metadata.note=a%20b";
    fixture.call(post(path, "application/cloudevents+json", own)).await;
    let call = app.calls("/in", 1).await.remove(0);
    let headers: Vec<String> = call
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().expect("text")))
        .collect();
    expect![[r#"
        content-type: application/cloudevents+json
        content-length: 204
        pubsubname: ps
        traceparent: 00-00000000000000000000000000000000-0000000000000000-00
        note: a b
        partitionkey: user-1
        __key: user-1
        __topic: t
        __partition: 4
        __offset: 0
        __timestamp: 1801386000000"#]]
    .assert_eq(&headers.join("\n"));
    expect![[r#"
        {
          "data": {
            "n": 9007199254740993
          },
          "extra": "x",
          "id": "e-1",
          "pubsubname": "ps",
          "source": "s",
          "specversion": "1.0",
          "time": "2027-01-31T09:00:00Z",
          "topic": "t",
          "traceid": "",
          "traceparent": "",
          "tracestate": "",
          "type": "a"
        }"#]]
    .assert_eq(&format!("{:#}", call.json()));
    let text = std::str::from_utf8(&call.body).expect("text");
    assert!(text.contains("9007199254740993"), "numbers keep their digits");
}

#[tokio::test(start_paused = true)]
async fn the_events_trace_goes_along() {
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = Fixture::start(PUBSUB, &app).await;
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let mut publish = post("/v1.0/publish/ps/t", "application/json", "1");
    publish.headers_mut().insert("traceparent", traceparent.parse().expect("a value"));
    publish.headers_mut().insert("tracestate", "vendor=1".parse().expect("a value"));
    let answer = fixture.call(publish).await;
    assert_eq!(answer.headers()["traceparent"], traceparent, "echoed to the publisher");
    let call = app.calls("/in", 1).await.remove(0);
    assert_eq!(call.header("traceparent"), Some(traceparent));
    assert_eq!(call.header("tracestate"), Some("vendor=1"));
    assert_eq!(call.json()["traceid"], traceparent);
}

#[tokio::test(start_paused = true)]
async fn metadata_that_no_header_can_carry_does_not_hold_up_the_event() {
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = Fixture::start(PUBSUB, &app).await;
    fixture.publish("t?metadata.bad%20name=x&metadata.text=a%0Ab&metadata.ok=1", json!(1)).await;
    let call = app.calls("/in", 1).await.remove(0);
    assert_eq!((call.header("text"), call.header("ok")), (None, Some("1")));
}

#[tokio::test(start_paused = true)]
async fn metadata_cannot_forge_what_the_sidecar_states() {
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = Fixture::start(PUBSUB, &app).await;
    let forged = "metadata.pubsubname=other&metadata.content-type=text/x&metadata.host=other\
                  &metadata.transfer-encoding=chunked&metadata.content-length=1";
    fixture.publish(&format!("t?{forged}"), json!(1)).await;
    let call = app.calls("/in", 1).await.remove(0);
    assert_eq!(call.header("content-length"), Some(call.body.len().to_string().as_str()));
    assert_eq!((call.header("host"), call.header("transfer-encoding")), (None, None));
    assert_eq!(call.header("pubsubname"), Some("ps"));
    assert_eq!(call.header("content-type"), Some("application/cloudevents+json"));
}

#[tokio::test(start_paused = true)]
async fn a_raw_payload_is_wrapped_for_a_subscription_to_raw_payloads() {
    let raw = with(subscription("t"), "metadata", json!({"rawPayload": "true"}));
    let app = StubApp::new(json!([raw]), |_| status(200));
    let fixture = Fixture::start(PUBSUB, &app).await;
    let path = "/v1.0/publish/ps/t?metadata.rawPayload=true";
    fixture.call(post(path, "application/octet-stream", &b"\x00\xff"[..])).await;
    let mut event = app.calls("/in", 1).await.remove(0).json();
    let id = event["id"].take();
    assert_eq!(id.as_str().map(str::len), Some(36), "a random UUID");
    expect![[r#"
        {
          "data_base64": "AP8=",
          "datacontenttype": "application/octet-stream",
          "id": null,
          "pubsubname": "ps",
          "source": "Dapr",
          "specversion": "1.0",
          "topic": "t",
          "type": "com.dapr.event.sent"
        }"#]]
    .assert_eq(&format!("{event:#}"));
}
