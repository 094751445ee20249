//! Publishes that cannot happen: status, code and body of each.

use bytes::Bytes;
use expect_test::{Expect, expect};
use http::Request;
use serde_json::Value;

use crate::engine::{Engine, PUBSUB, Setup, post, request};

async fn check(engine: &Engine, request: Request<Bytes>, expected: Expect) {
    let app = engine.content_app();
    let setup = Setup { max_body_bytes: Some(100), ..Setup::of(PUBSUB) };
    let sidecar = engine.start_with(setup, &app).await;
    let response = sidecar.call(request).await;
    assert_eq!(response.headers()["content-type"], "application/json");
    let mut body: Value = serde_json::from_slice(response.body()).expect("JSON");
    // What each parser says of what it cannot read.
    if body["message"] == "cannot create cloudevent" {
        body["details"][1]["metadata"]["error"].take();
    }
    expected.assert_eq(&format!("{} {body:#}", response.status().as_u16()));
}

fn publish(path: &str) -> Request<Bytes> {
    post(&format!("/v1.0/publish/{path}"), "application/json", "1")
}

pub(crate) async fn an_unknown_component_is_404(engine: &Engine) {
    check(
        engine,
        publish("other/t"),
        expect![[r#"
        404 {
          "details": [
            {
              "@type": "type.googleapis.com/google.rpc.ErrorInfo",
              "domain": "dapr.io",
              "metadata": {},
              "reason": "DAPR_PUBSUB_NOT_FOUND"
            }
          ],
          "errorCode": "ERR_PUBSUB_NOT_FOUND",
          "message": "pubsub other is not found"
        }"#]],
    )
    .await;
}

pub(crate) async fn a_raw_payload_flag_that_is_no_flag_is_400(engine: &Engine) {
    check(engine, publish("ps/t?metadata.rawPayload=perhaps"), expect![[r#"
        400 {
          "details": [
            {
              "@type": "type.googleapis.com/google.rpc.ResourceInfo",
              "description": "failed deserializing metadata. Error: rawPayload value must be a valid boolean: actual is 'perhaps'",
              "owner": "",
              "resource_name": "ps",
              "resource_type": "pubsub"
            },
            {
              "@type": "type.googleapis.com/google.rpc.ErrorInfo",
              "domain": "dapr.io",
              "metadata": {
                "rawPayload": "perhaps"
              },
              "reason": "DAPR_PUBSUB_METADATA_DESERIALIZATION"
            }
          ],
          "errorCode": "ERR_PUBSUB_REQUEST_METADATA",
          "message": "failed deserializing metadata. Error: rawPayload value must be a valid boolean: actual is 'perhaps'"
        }"#]]).await;
}

pub(crate) async fn a_cloud_event_that_is_none_is_500(engine: &Engine) {
    let event = post("/v1.0/publish/ps/t", "application/cloudevents+json", "[]");
    check(
        engine,
        event,
        expect![[r#"
        500 {
          "details": [
            {
              "@type": "type.googleapis.com/google.rpc.ResourceInfo",
              "description": "cannot create cloudevent",
              "owner": "",
              "resource_name": "ps",
              "resource_type": "pubsub"
            },
            {
              "@type": "type.googleapis.com/google.rpc.ErrorInfo",
              "domain": "dapr.io",
              "metadata": {
                "appID": "app",
                "error": null
              },
              "reason": "DAPR_PUBSUB_CLOUD_EVENT_CREATION"
            }
          ],
          "errorCode": "ERR_PUBSUB_CLOUD_EVENTS_SER",
          "message": "cannot create cloudevent"
        }"#]],
    )
    .await;
}

pub(crate) async fn a_body_over_the_limit_is_500(engine: &Engine) {
    let large = post("/v1.0/publish/ps/t", "text/plain", vec![b'x'; 1_000]);
    check(
        engine,
        large,
        expect![[r#"
        500 {
          "details": [
            {
              "@type": "type.googleapis.com/google.rpc.ResourceInfo",
              "description": "error when publishing to topic t in pubsub ps: stream too large",
              "owner": "",
              "resource_name": "ps",
              "resource_type": "pubsub"
            },
            {
              "@type": "type.googleapis.com/google.rpc.ErrorInfo",
              "domain": "dapr.io",
              "metadata": {
                "error": "stream too large",
                "topic": "t"
              },
              "reason": "DAPR_PUBSUB_PUBLISH_MESSAGE"
            }
          ],
          "errorCode": "ERR_PUBSUB_PUBLISH_MESSAGE",
          "message": "error when publishing to topic t in pubsub ps: stream too large"
        }"#]],
    )
    .await;
}

pub(crate) async fn a_wrong_method_and_an_unknown_path_fall_through_to_service_invocation(
    engine: &Engine,
) {
    for unserved in [
        request("GET", "/v1.0/publish/ps/t"),
        request("POST", "/v1.0/nothing"),
        publish("ps/"),
        publish(""),
    ] {
        check(
            engine,
            unserved,
            expect![[r#"
            404 {
              "errorCode": "ERR_DIRECT_INVOKE",
              "message": "failed getting app id either from the URL path or the header dapr-app-id"
            }"#]],
        )
        .await;
    }
}

pub(crate) async fn a_path_that_does_not_unescape_is_400_in_plain_text(engine: &Engine) {
    let app = engine.content_app();
    let sidecar = engine.start(PUBSUB, &app).await;
    let response = sidecar.call(publish("ps/%zz")).await;
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
}
