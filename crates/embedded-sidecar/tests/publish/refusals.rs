//! Publishes that cannot happen: status, code and body of each.

use bytes::Bytes;
use expect_test::{Expect, expect};
use http::Request;
use serde_json::{Value, json};

use crate::support::{Fixture, PUBSUB, StubApp, post, request, status};

async fn check(request: Request<Bytes>, expected: Expect) {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::configured(PUBSUB, &app, |config| config.max_body_bytes = 100).await;
    let response = fixture.call(request).await;
    assert_eq!(response.headers()["content-type"], "application/json");
    let body: Value = serde_json::from_slice(response.body()).expect("JSON");
    expected.assert_eq(&format!("{} {body:#}", response.status().as_u16()));
}

fn publish(path: &str) -> Request<Bytes> {
    post(&format!("/v1.0/publish/{path}"), "application/json", "1")
}

#[tokio::test(start_paused = true)]
async fn an_unknown_component_is_404() {
    check(
        publish("other/t"),
        expect![[r#"
        404 {
          "details": [
            {
              "@type": "type.googleapis.com/google.rpc.ErrorInfo",
              "domain": "dapr.io",
              "metadata": null,
              "reason": "DAPR_PUBSUB_NOT_FOUND"
            }
          ],
          "errorCode": "ERR_PUBSUB_NOT_FOUND",
          "message": "pubsub other is not found"
        }"#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_empty_topic_is_404() {
    check(
        publish("ps/"),
        expect![[r#"
        404 {
          "details": [
            {
              "@type": "type.googleapis.com/google.rpc.ResourceInfo",
              "description": "topic is empty in pubsub ps",
              "owner": "",
              "resource_name": "ps",
              "resource_type": "pubsub"
            },
            {
              "@type": "type.googleapis.com/google.rpc.ErrorInfo",
              "domain": "dapr.io",
              "metadata": null,
              "reason": "DAPR_PUBSUB_TOPIC_NAME_EMPTY"
            }
          ],
          "errorCode": "ERR_TOPIC_NAME_EMPTY",
          "message": "topic is empty in pubsub ps"
        }"#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_raw_payload_flag_that_is_no_flag_is_400() {
    check(publish("ps/t?metadata.rawPayload=perhaps"), expect![[r#"
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
                "appID": "app",
                "error": "rawPayload value must be a valid boolean: actual is 'perhaps'"
              },
              "reason": "DAPR_PUBSUB_METADATA_DESERIALIZATION"
            }
          ],
          "errorCode": "ERR_PUBSUB_REQUEST_METADATA",
          "message": "failed deserializing metadata. Error: rawPayload value must be a valid boolean: actual is 'perhaps'"
        }"#]]).await;
}

#[tokio::test(start_paused = true)]
async fn a_cloud_event_that_is_none_is_500() {
    let event = post("/v1.0/publish/ps/t", "application/cloudevents+json", "[]");
    check(
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
                "error": "the body is not a JSON object"
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

#[tokio::test(start_paused = true)]
async fn a_body_over_the_limit_is_500() {
    let large = post("/v1.0/publish/ps/t", "text/plain", vec![b'x'; 101]);
    check(
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

#[tokio::test(start_paused = true)]
async fn a_wrong_method_and_an_unknown_path_fall_through_to_service_invocation() {
    for unserved in [request("GET", "/v1.0/publish/ps/t"), request("POST", "/v1.0/nothing")] {
        check(
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

#[tokio::test(start_paused = true)]
async fn a_path_that_does_not_unescape_is_400_in_plain_text() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start(PUBSUB, &app).await;
    let response = fixture.call(publish("ps/%zz")).await;
    assert_eq!(response.status(), 400);
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
}
