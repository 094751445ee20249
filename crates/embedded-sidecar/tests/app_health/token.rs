//! The probes show who asks.

use embedded_sidecar::AppHealthConfig;
use serde_json::json;

use crate::support::{Fixture, StubApp, status};

#[tokio::test(start_paused = true)]
async fn the_app_token_is_on_every_probe() {
    let app = StubApp::new(json!([]), |_| status(200));
    let _fixture = Fixture::configured("", &app, |config| {
        config.app_token = Some("app-secret".to_owned());
        config.app_health = Some(AppHealthConfig::default());
    })
    .await;
    for probe in app.calls("/healthz", 2).await {
        assert_eq!(probe.header("dapr-api-token"), Some("app-secret"));
    }
}
