//! The host and a sidecar joined in one process, without a socket between them.

use std::sync::Arc;

use embedded_host::{HostChannel, SidecarLink};
use embedded_sidecar::{Sidecar, SidecarConfig};

use crate::app::{App, manifest};

const AUTHORITY: &str = "localhost:3500";

const RESOURCES: &str = r#"
apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: events
spec:
  type: pubsub.in-memory
  version: v1
  metadata: []
---
apiVersion: dapr.io/v2alpha1
kind: Subscription
metadata:
  name: rows
spec:
  pubsubname: events
  topic: rows
  routes:
    default: /inbox?op=insert
"#;

/// An application that may reach a sidecar, and the sidecar that delivers to it.
async fn joined() -> (App, Sidecar, SidecarLink) {
    let manifest = manifest("").replace("\"http://127.0.0.1:*\"", "\"http://localhost:3500\"");
    let link = SidecarLink::default();
    let app = App::of(&manifest, |builder| link.join(builder, [AUTHORITY])).await;
    app.sql("CREATE TABLE rows(id INTEGER PRIMARY KEY, title)").await;
    let resources = app.state.path().join("resources");
    std::fs::create_dir(&resources).unwrap();
    std::fs::write(resources.join("all.yaml"), RESOURCES).unwrap();
    let mut config = SidecarConfig::new("probes", app.state.path().join("sidecar"));
    config.resources_paths = vec![resources];
    config.ask_for_subscriptions = false;
    let channel = Arc::new(HostChannel::new(&app.host));
    let sidecar = Sidecar::builder(config).app_channel(channel).start().await.unwrap();
    link.connect(sidecar.clone());
    sidecar.ready().await;
    (app, sidecar, link)
}

fn publish() -> String {
    format!("/?op=fetch&method=POST&url=http://{AUTHORITY}/v1.0/publish/events/rows")
}

#[tokio::test]
async fn what_a_component_publishes_is_delivered_to_one() {
    let (app, sidecar, _link) = joined().await;
    for _ in 0..3 {
        assert_eq!(app.post_text(&publish(), "{}").await, "204 ");
    }
    sidecar.idle().await;
    assert_eq!(app.sql("SELECT count(*) FROM rows").await, "3\n");
    sidecar.shutdown().await;
}

#[tokio::test]
async fn a_sidecar_that_is_gone_refuses_and_may_come_back() {
    let (app, sidecar, link) = joined().await;
    link.disconnect();
    let refused = app.post_text(&publish(), "{}").await;
    assert_eq!(refused, "error: ErrorCode::ConnectionRefused");
    link.connect(sidecar.clone());
    assert_eq!(app.post_text(&publish(), "{}").await, "204 ");
    sidecar.shutdown().await;
}
