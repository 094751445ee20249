//! Many guests at once: limits, fairness, work after the response, and an orderly end.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use embedded_host::{Authority, AuthorityFuture, Drained, ResponseBody};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::app::App;

/// Tells the test that it was called, and answers when the test says so.
#[derive(Default)]
struct Gate {
    called: Notify,
    open: Notify,
}

impl Authority for Gate {
    fn call(&self, _: Request<Bytes>) -> AuthorityFuture<'_> {
        Box::pin(async move {
            self.called.notify_one();
            self.open.notified().await;
            Ok(Response::new(Bytes::from_static(b"opened")))
        })
    }
}

async fn gated(instances: u32) -> (Arc<App>, Arc<Gate>) {
    let gate = Arc::new(Gate::default());
    let service = Arc::clone(&gate);
    let app =
        App::with(|builder| builder.authority("allowed.test:80", service).max_instances(instances))
            .await;
    (Arc::new(app), gate)
}

fn get(path: &str) -> Request<ResponseBody> {
    let body = Full::new(Bytes::new()).map_err(Into::into).boxed_unsync();
    Request::get(path).body(body).unwrap()
}

#[tokio::test(start_paused = true)]
async fn beyond_the_instance_limit_a_request_waits_and_then_is_told_to_come_back() {
    let (app, gate) = gated(1).await;
    let holder = Arc::clone(&app);
    let held = tokio::spawn(async move { holder.get("/?op=fetch&url=http://allowed.test/").await });
    gate.called.notified().await;
    let started = Instant::now();
    let refused = app.get("/").await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(started.elapsed(), Duration::from_secs(1));
    gate.open.notify_one();
    assert_eq!(held.await.unwrap().status(), StatusCode::OK);
    assert_eq!(app.get("/").await.status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_request_in_the_queue_is_served_when_an_instance_is_free() {
    let (app, gate) = gated(1).await;
    let start = |path: &'static str| {
        let app = Arc::clone(&app);
        tokio::spawn(async move { app.get(path).await.status() })
    };
    let first = start("/?op=fetch&url=http://allowed.test/");
    gate.called.notified().await;
    let second = start("/");
    gate.open.notify_one();
    assert_eq!(first.await.unwrap(), StatusCode::OK);
    assert_eq!(second.await.unwrap(), StatusCode::OK);
}

#[tokio::test]
async fn beyond_the_stream_limit_only_streams_are_refused() {
    let app = App::with(|builder| builder.max_streams(1)).await;
    let stream = "/?op=stream&type=text/event-stream&n=100&ms=60000";
    let first = app.host.handle_streaming(get(stream)).await;
    assert_eq!(first.status(), StatusCode::OK);
    let second = app.host.handle_streaming(get(stream)).await;
    assert_eq!(second.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(app.get("/").await.status(), StatusCode::OK);
    drop(first);
    let third = app.host.handle_streaming(get(stream)).await;
    assert_eq!(third.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_guest_that_asks_for_too_much_memory_fails_alone() {
    let app = App::with(|builder| builder.max_instance_memory_bytes(32 << 20)).await;
    assert_eq!(app.get_text("/?op=memory&mib=8").await, "8388608 bytes");
    assert_eq!(app.get("/?op=memory&mib=64").await.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(app.get("/").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_computing_guest_lets_others_run_on_its_thread() {
    let app = Arc::new(App::start().await);
    let busy = Arc::clone(&app);
    // One thread runs this whole test: without yielding, nothing else would run till the end.
    let computing = tokio::spawn(async move { busy.get("/?op=busy&rounds=400000000").await });
    tokio::task::yield_now().await;
    let mut meanwhile = 0;
    while !computing.is_finished() {
        assert_eq!(app.get("/").await.status(), StatusCode::OK);
        meanwhile += 1;
    }
    assert_eq!(computing.await.unwrap().status(), StatusCode::OK);
    assert!(meanwhile > 1, "{meanwhile} requests were answered meanwhile");
}

#[tokio::test(start_paused = true)]
async fn a_guest_goes_on_after_its_response() {
    let (app, gate) = gated(10).await;
    let started = Instant::now();
    let response = app.get("/?op=after&ms=5000&url=http://allowed.test/").await;
    assert_eq!(response.status(), StatusCode::ACCEPTED);
    assert_eq!(started.elapsed(), Duration::ZERO);
    assert_eq!(app.host.running_guests(), 1);
    gate.called.notified().await;
    assert_eq!(started.elapsed(), Duration::from_secs(5));
    gate.open.notify_one();
    assert_eq!(app.host.drain(Duration::from_secs(1)).await, Drained::Whole);
}

#[tokio::test(start_paused = true)]
async fn a_guest_goes_on_when_its_client_is_gone() {
    let (app, gate) = gated(10).await;
    let response = app.host.handle_streaming(get("/?op=after&ms=10&url=http://allowed.test/"));
    drop(response.await);
    gate.called.notified().await;
    gate.open.notify_one();
    assert_eq!(app.host.drain(Duration::from_secs(1)).await, Drained::Whole);
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_for_running_guests_until_its_deadline() {
    let (app, gate) = gated(10).await;
    app.get("/?op=after&url=http://allowed.test/").await;
    gate.called.notified().await;
    let started = Instant::now();
    assert_eq!(app.host.drain(Duration::from_secs(3)).await, Drained::Cut);
    assert_eq!(started.elapsed(), Duration::from_secs(3));
    assert_eq!(app.host.running_guests(), 0);
}

#[tokio::test]
async fn figures_are_kept_per_component_and_route() {
    let app = App::start().await;
    app.get("/").await;
    app.get("/?op=trap").await;
    let metrics = app.host.metrics_text();
    for line in [
        "host_requests_total{component=\"probe\",route=\"/...\"} 2",
        "host_errors_total{component=\"probe\",route=\"/...\"} 1",
        "host_request_duration_seconds_count{component=\"probe\",route=\"/...\"} 2",
        "host_instances 0",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }
}
