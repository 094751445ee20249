//! Scopes on a component: what the app may publish and hear.

use serde_json::{Value, json};

use crate::engine::{Engine, post, status, subscription};

const SCOPED: &str = r#"
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ps}
spec:
  type: pubsub.in-memory
  version: v1
  metadata:
  - {name: publishingScopes, value: "app=t,u,w;other=v"}
  - {name: subscriptionScopes, value: "app=t"}
  - {name: allowedTopics, value: "t,v,w"}
"#;

pub(crate) async fn a_topic_out_of_scope_is_403(engine: &Engine) {
    let app = engine.content_app();
    let sidecar = engine.start(SCOPED, &app).await;
    for (topic, expected) in [("t", 204), ("u", 403), ("v", 403), ("x", 403)] {
        let response =
            sidecar.call(post(&format!("/v1.0/publish/ps/{topic}"), "application/json", "1")).await;
        assert_eq!(response.status(), expected, "{topic}");
        if expected == 403 {
            let body: Value = serde_json::from_slice(response.body()).expect("JSON");
            assert_eq!(body["errorCode"], "ERR_PUBSUB_FORBIDDEN");
            assert_eq!(body["message"], format!("topic {topic} is not allowed for app id app"));
        }
    }
}

pub(crate) async fn a_subscription_out_of_scope_is_left_out(engine: &Engine) {
    let app = engine.app(json!([subscription("t"), subscription("w")]), |_| status(200));
    let sidecar = engine.start(SCOPED, &app).await;
    sidecar.publish("w", json!("w")).await;
    sidecar.publish("t", json!("t")).await;
    assert_eq!(app.calls("/in", 1).await[0].json()["data"], "t");
    sidecar.settled().await;
    assert_eq!(app.calls_so_far("/in").len(), 1);
}
