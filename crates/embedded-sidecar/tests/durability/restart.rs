//! What a restart keeps: events, and how far a consumer group has come.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Fixture, PUBSUB, StubApp, after, status, subscription};

async fn restart(fixture: Fixture, app: &std::sync::Arc<StubApp>) -> Fixture {
    let dir = fixture.shut_down().await;
    let fixture = Fixture::start_in(dir, PUBSUB, app, |_| {}).await.expect("it starts again");
    fixture.sidecar.ready().await;
    fixture
}

fn data(app: &StubApp) -> Vec<Value> {
    app.calls_so_far("/in").iter().map(|call| call.json()["data"].clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn events_published_while_nobody_listens_wait_for_their_consumer() {
    let nobody = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start(PUBSUB, &nobody).await;
    for n in 0..3 {
        fixture.publish("t?metadata.partitionKey=k", json!(n)).await;
    }
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = restart(fixture, &app).await;
    fixture.sidecar.idle().await;
    assert_eq!(data(&app), [0, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn settled_events_do_not_come_again_after_an_orderly_restart() {
    let first = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = Fixture::start(PUBSUB, &first).await;
    for n in 0..50 {
        fixture.publish("t", json!(n)).await;
    }
    fixture.sidecar.idle().await;
    let second = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = restart(fixture, &second).await;
    fixture.publish("t", json!("new")).await;
    fixture.sidecar.idle().await;
    assert_eq!(data(&second), ["new"]);
}

#[tokio::test(start_paused = true)]
async fn a_delivery_cut_off_by_the_shutdown_comes_again() {
    let failing = StubApp::new(json!([subscription("t")]), |_| status(500));
    let fixture = Fixture::start(PUBSUB, &failing).await;
    fixture.publish("t", json!("again")).await;
    failing.calls("/in", 2).await;
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = restart(fixture, &app).await;
    fixture.sidecar.idle().await;
    assert_eq!(data(&app), ["again"]);
}

#[tokio::test(start_paused = true)]
async fn a_delivery_in_flight_is_finished_before_the_shutdown() {
    let busy =
        StubApp::new(json!([subscription("t")]), |_| after(Duration::from_secs(4), status(200)));
    let fixture = Fixture::start(PUBSUB, &busy).await;
    fixture.publish("t", json!("slow")).await;
    busy.calls("/in", 1).await;
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = restart(fixture, &app).await;
    fixture.publish("t", json!("new")).await;
    fixture.sidecar.idle().await;
    assert_eq!(data(&app), ["new"]);
}

#[tokio::test(start_paused = true)]
async fn a_delivery_that_outlasts_the_patience_is_cut_off_and_comes_again() {
    let stuck = StubApp::new(json!([subscription("t")]), |_| {
        after(Duration::from_secs(3_600), status(200))
    });
    let fixture = Fixture::start(PUBSUB, &stuck).await;
    fixture.publish("t", json!("again")).await;
    stuck.calls("/in", 1).await;
    let start = tokio::time::Instant::now();
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = restart(fixture, &app).await;
    assert_eq!(start.elapsed().as_secs(), 5, "the patience");
    fixture.sidecar.idle().await;
    assert_eq!(data(&app), ["again"]);
}
