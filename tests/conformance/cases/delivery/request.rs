//! The call that brings an event to the app.

use expect_test::expect;
use serde_json::json;

use crate::engine::{Engine, PUBSUB, post, status, subscription, with};

pub(crate) async fn an_event_comes_as_its_cloud_event_with_the_publishers_metadata(
    engine: &Engine,
) {
    let app = engine.app(json!([subscription("t")]), |_| status(200));
    let sidecar = engine.start(PUBSUB, &app).await;
    let own = r#"{"id":"e-1","source":"s","type":"a","data":{"n":9007199254740993},"extra":"x"}"#;
    let path = "/v1.0/publish/ps/t?metadata.note=a%20b";
    sidecar.call(post(path, "application/cloudevents+json", own)).await;
    let call = app.calls("/in", 1).await.remove(0);
    assert_eq!(call.method, http::Method::POST);
    for (name, expected) in [
        ("content-type", "application/cloudevents+json"),
        ("content-length", &call.body.len().to_string()),
        ("pubsubname", "ps"),
        ("traceparent", "00-00000000000000000000000000000000-0000000000000000-00"),
        ("note", "a b"),
    ] {
        assert_eq!(call.header(name), Some(expected), "{name}");
    }
    let mut event = call.json();
    assert!(event["time"].take().is_string());
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
          "time": null,
          "topic": "t",
          "traceid": "",
          "traceparent": "",
          "tracestate": "",
          "type": "a"
        }"#]]
    .assert_eq(&format!("{event:#}"));
    let text = std::str::from_utf8(&call.body).expect("text");
    assert!(text.contains("9007199254740993"), "numbers keep their digits");
}

pub(crate) async fn the_events_trace_goes_along(engine: &Engine) {
    let app = engine.app(json!([subscription("t")]), |_| status(200));
    let sidecar = engine.start(PUBSUB, &app).await;
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let mut publish = post("/v1.0/publish/ps/t", "application/json", "1");
    publish.headers_mut().insert("traceparent", traceparent.parse().expect("a value"));
    publish.headers_mut().insert("tracestate", "vendor=1".parse().expect("a value"));
    let answer = sidecar.call(publish).await;
    assert_eq!(answer.headers()["traceparent"], traceparent, "echoed to the publisher");
    let call = app.calls("/in", 1).await.remove(0);
    assert_eq!(call.header("traceparent"), Some(traceparent));
    assert_eq!(call.json()["traceid"], traceparent);
    assert_eq!(call.json()["tracestate"], "vendor=1");
}

pub(crate) async fn the_events_trace_state_goes_along(engine: &Engine) {
    let app = engine.app(json!([subscription("t")]), |_| status(200));
    let sidecar = engine.start(PUBSUB, &app).await;
    let event = json!({"specversion": "1.0", "id": "e", "source": "s", "type": "t",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "tracestate": "vendor=1"});
    let path = "/v1.0/publish/ps/t";
    sidecar.call(post(path, "application/cloudevents+json", event.to_string())).await;
    assert_eq!(app.calls("/in", 1).await[0].header("tracestate"), Some("vendor=1"));
}

pub(crate) async fn metadata_that_no_header_can_carry_does_not_hold_up_the_event(engine: &Engine) {
    let app = engine.app(json!([subscription("t")]), |_| status(200));
    let sidecar = engine.start(PUBSUB, &app).await;
    sidecar.publish("t?metadata.bad%20name=x&metadata.text=a%0Ab&metadata.ok=1", json!(1)).await;
    let call = app.calls("/in", 1).await.remove(0);
    assert_eq!((call.header("text"), call.header("ok")), (None, Some("1")));
}

pub(crate) async fn metadata_cannot_forge_what_frames_the_request(engine: &Engine) {
    let app = engine.app(json!([subscription("t")]), |_| status(200));
    let sidecar = engine.start(PUBSUB, &app).await;
    let forged = "metadata.content-type=text/x&metadata.host=other\
                  &metadata.transfer-encoding=chunked&metadata.content-length=1";
    sidecar.publish(&format!("t?{forged}"), json!(1)).await;
    let call = app.calls("/in", 1).await.remove(0);
    assert_eq!(call.header("content-length"), Some(call.body.len().to_string().as_str()));
    assert_ne!(call.header("host"), Some("other"));
    assert_eq!(call.header("transfer-encoding"), None);
    assert_eq!(call.header("content-type"), Some("application/cloudevents+json"));
}

pub(crate) async fn a_raw_payload_is_wrapped_for_a_subscription_to_raw_payloads(engine: &Engine) {
    let raw = with(subscription("t"), "metadata", json!({"rawPayload": "true"}));
    let app = engine.app(json!([raw]), |_| status(200));
    let sidecar = engine.start(PUBSUB, &app).await;
    let path = "/v1.0/publish/ps/t?metadata.rawPayload=true";
    sidecar.call(post(path, "application/octet-stream", &b"\x00\xff"[..])).await;
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
