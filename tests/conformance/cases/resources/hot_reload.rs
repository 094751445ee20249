//! Resource files that change while the sidecar runs.

use std::time::Duration;

use serde_json::json;

use crate::engine::{Engine, PUBSUB, Setup, Sidecar, status};

/// Both take a change within a second or two.
const TAKEN_WITHIN: Duration = Duration::from_secs(30);

const SUBSCRIPTION: &str = "
apiVersion: dapr.io/v2alpha1
kind: Subscription
metadata: {name: s}
spec: {pubsubname: ps, topic: t, routes: {default: /late}}
";

/// Another component beside [`PUBSUB`].
fn pubsub(name: &str) -> String {
    PUBSUB.replace("name: ps", &format!("name: {name}"))
}

/// Files change on real time, whatever the sidecar's clock says.
async fn comes(engine: &Engine, holds: impl AsyncFn() -> bool) {
    tokio::time::timeout(TAKEN_WITHIN, engine.until(holds)).await.expect("the change is taken");
}

/// What publishing to the component that comes late gives.
async fn late(sidecar: &Sidecar) -> u16 {
    sidecar.post_json("/v1.0/publish/late/t", &json!(1)).await.status().as_u16()
}

/// A change that comes after another was taken too, so that both were looked at.
async fn next_change_is_taken(engine: &Engine, sidecar: &Sidecar) {
    sidecar.write("z-later.yaml", &pubsub("later"));
    comes(engine, async || {
        sidecar.post_json("/v1.0/publish/later/t", &json!(1)).await.status() == 204
    })
    .await;
}

pub(crate) async fn a_component_that_is_added_is_served(engine: &Engine) {
    engine.on_real_time();
    let sidecar = engine.start(PUBSUB, &engine.content_app()).await;
    assert_eq!(late(&sidecar).await, 404);
    sidecar.write("late.yaml", &pubsub("late"));
    comes(engine, async || late(&sidecar).await == 204).await;
}

pub(crate) async fn a_component_that_is_taken_away_is_unknown(engine: &Engine) {
    engine.on_real_time();
    let resources = format!("{PUBSUB}\n---\n{}", pubsub("late"));
    let sidecar = engine.start(&resources, &engine.content_app()).await;
    assert_eq!(late(&sidecar).await, 204);
    sidecar.remove("1.yaml");
    comes(engine, async || late(&sidecar).await == 404).await;
    sidecar.publish("t", json!(1)).await;
}

pub(crate) async fn a_component_that_is_changed_has_its_new_settings(engine: &Engine) {
    engine.on_real_time();
    let resources = format!("{PUBSUB}\n---\n{}", pubsub("late"));
    let sidecar = engine.start(&resources, &engine.content_app()).await;
    let for_another = "v1, metadata: [{name: allowedTopics, value: other}]}";
    sidecar.write("1.yaml", &pubsub("late").replace("v1}", for_another));
    comes(engine, async || late(&sidecar).await == 403).await;
}

pub(crate) async fn a_subscription_that_is_added_delivers(engine: &Engine) {
    engine.on_real_time();
    let app = engine.content_app();
    let sidecar = engine.start(PUBSUB, &app).await;
    sidecar.write("s.yaml", SUBSCRIPTION);
    comes(engine, async || sidecar.topics().await == ["t"]).await;
    sidecar.publish("t", json!(1)).await;
    assert_eq!(app.calls("/late", 1).await[0].json()["data"], 1);
}

pub(crate) async fn a_subscription_that_is_taken_away_delivers_no_more(engine: &Engine) {
    engine.on_real_time();
    let app = engine.content_app();
    let resources = format!("{PUBSUB}\n---\n{SUBSCRIPTION}");
    let sidecar = engine.start(&resources, &app).await;
    sidecar.publish("t", json!(1)).await;
    app.calls("/late", 1).await;
    sidecar.remove("1.yaml");
    comes(engine, async || sidecar.topics().await.is_empty()).await;
    sidecar.publish("t", json!(2)).await;
    sidecar.settled().await;
    assert_eq!(app.calls_so_far("/late").len(), 1);
}

pub(crate) async fn a_file_that_is_no_resource_changes_nothing(engine: &Engine) {
    engine.on_real_time();
    let app = engine.app(json!([]), |_| status(200));
    let sidecar = engine.start(&format!("{PUBSUB}\n---\n{SUBSCRIPTION}"), &app).await;
    sidecar.write("broken.yaml", "{kind: [");
    sidecar.publish("t", json!(1)).await;
    app.calls("/late", 1).await;
    sidecar.remove("broken.yaml");
    next_change_is_taken(engine, &sidecar).await;
    assert_eq!(sidecar.topics().await, ["t"]);
}

pub(crate) async fn it_can_be_turned_off(engine: &Engine) {
    engine.on_real_time();
    let spec = "{features: [{name: HotReload, enabled: false}]}";
    let setup = Setup { configuration: Some(spec.to_owned()), ..Setup::of(PUBSUB) };
    let app = engine.content_app();
    let sidecar = engine.start_with(setup, &app).await;
    // It comes after the files are written, and shows by comparison that time enough has passed.
    let other = engine.start(PUBSUB, &app).await;
    sidecar.write("late.yaml", &pubsub("late"));
    other.write("late.yaml", &pubsub("late"));
    comes(engine, async || late(&other).await == 204).await;
    assert_eq!(late(&sidecar).await, 404);
}
