//! What the sidecar shows the app.

use embedded_sidecar::AppHealthConfig;
use serde_json::json;

use crate::support::{Fixture, PUBSUB, StubApp, status, subscription};

#[tokio::test(start_paused = true)]
async fn the_app_token_is_on_every_call_to_the_app() {
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let resources = format!(
        "{PUBSUB}
---
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {{name: sweep}}
spec: {{type: bindings.cron, version: v1, metadata: [{{name: schedule, value: \"@every 1s\"}}]}}
"
    );
    let fixture = Fixture::configured(&resources, &app, |config| {
        config.app_token = Some("app-secret".to_owned());
        config.app_health = Some(AppHealthConfig::default());
    })
    .await;
    fixture.publish("t", json!(1)).await;
    app.calls("/in", 1).await;
    app.calls("/sweep", 2).await;
    for path in ["/dapr/subscribe", "/in", "/sweep", "/healthz"] {
        for call in app.calls_so_far(path) {
            let token = call.header("dapr-api-token");
            assert_eq!(token, Some("app-secret"), "{} {path}", call.method);
        }
    }
}
