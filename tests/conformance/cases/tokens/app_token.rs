//! What the sidecar shows the app.

use serde_json::json;

use crate::engine::{Engine, PUBSUB, Setup, status, subscription};

pub(crate) async fn the_app_token_is_on_every_call_to_the_app(engine: &Engine) {
    let app = engine.app(json!([subscription("t")]), |_| status(200));
    let resources = format!(
        "{PUBSUB}
---
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {{name: sweep}}
spec: {{type: bindings.cron, version: v1, metadata: [{{name: schedule, value: \"@every 1s\"}}]}}
"
    );
    let setup = Setup { app_token: Some("app-secret"), ..Setup::of(&resources) };
    let sidecar = engine.start_with(setup, &app).await;
    sidecar.publish("t", json!(1)).await;
    app.calls("/in", 1).await;
    app.calls("/sweep", 2).await;
    for path in ["/dapr/subscribe", "/in", "/sweep"] {
        for call in app.calls_so_far(path) {
            let token = call.header("dapr-api-token");
            assert_eq!(token, Some("app-secret"), "{} {path}", call.method);
        }
    }
}
