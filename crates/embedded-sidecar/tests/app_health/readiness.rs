//! The sidecar's own health checks.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use embedded_sidecar::{AppCall, AppChannel, Sidecar, SidecarConfig};
use http::Request;
use serde_json::Value;
use tokio::sync::Notify;

use crate::support::{request, status};

/// An app that does not listen until it is told to.
#[derive(Default)]
struct LateApp {
    listening: Notify,
}

impl AppChannel for LateApp {
    fn call(&self, _: Request<bytes::Bytes>) -> AppCall<'_> {
        Box::pin(std::future::ready(Ok(status(404))))
    }

    fn ready(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.listening.notified())
    }
}

#[tokio::test(start_paused = true)]
async fn outbound_is_ready_at_once_and_everything_when_the_app_listens() {
    let dir = tempfile::tempdir().expect("a directory");
    let app = Arc::new(LateApp::default());
    let sidecar = Sidecar::builder(SidecarConfig::new("app", dir.path()))
        .app_channel(Arc::clone(&app) as Arc<dyn AppChannel>)
        .start()
        .await
        .expect("the sidecar starts");
    let code = async |path| sidecar.handle(request("GET", path)).await.status().as_u16();
    assert_eq!(code("/v1.0/healthz/outbound").await, 204);
    let refused = sidecar.handle(request("GET", "/v1.0/healthz")).await;
    assert_eq!(refused.status(), 500);
    let body: Value = serde_json::from_slice(refused.body()).expect("JSON");
    assert_eq!(body["errorCode"], "ERR_HEALTH_NOT_READY");

    app.listening.notify_one();
    sidecar.ready().await;
    assert_eq!(code("/v1.0/healthz").await, 204);
    assert_eq!(code("/v1.0/healthz?appid=app").await, 204);
    assert_eq!(code("/v1.0/healthz?appid=other").await, 500);
}
