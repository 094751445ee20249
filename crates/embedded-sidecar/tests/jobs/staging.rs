//! While the app is away jobs wait for it, and use up no attempt.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use embedded_sidecar::{AppCall, AppChannel, AppHealthConfig, Sidecar, SidecarConfig};
use http::Request;
use serde_json::json;
use tokio::sync::Notify;

use crate::support::{Fixture, StubApp, post, status};

#[tokio::test(start_paused = true)]
async fn what_comes_due_while_the_app_is_unhealthy_is_called_once_it_is_well() {
    let is_well = Arc::new(AtomicBool::new(false));
    let answers = Arc::clone(&is_well);
    let app = StubApp::new(json!([]), move |_| {
        status(if answers.load(Ordering::SeqCst) { 200 } else { 503 })
    });
    let fixture = Fixture::configured("", &app, |config| {
        config.app_health = Some(AppHealthConfig::default());
    })
    .await;
    let policy = json!({"drop": {}});
    fixture.schedule("once", json!({"dueTime": "10s", "failurePolicy": policy})).await;
    fixture.schedule("ticking", json!({"schedule": "@every 30s", "repeats": 3})).await;
    app.calls("/healthz", 60).await;
    assert!(app.calls_so_far("/job/once").is_empty());
    assert_eq!(fixture.job_names().await, ["once", "ticking"]);

    is_well.store(true, Ordering::SeqCst);
    let called = app.calls("/job/once", 1).await[0].at;
    let ticks = app.calls("/job/ticking", 3).await;
    assert!(ticks.iter().all(|tick| tick.at == called), "every missed tick in one go: {ticks:?}");
    fixture.sidecar.idle().await;
    assert!(fixture.job_names().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_turns_out_to_be_an_outage_is_not_counted() {
    let is_well = Arc::new(AtomicBool::new(true));
    let answers = Arc::clone(&is_well);
    let app = StubApp::new(json!([]), move |call| {
        let is_well = answers.load(Ordering::SeqCst);
        let answer = status(if is_well { 200 } else { 503 });
        match call.path.as_str() {
            // Its failure comes when the probes have failed long since.
            "/job/job" if !is_well => crate::support::after(Duration::from_secs(60), answer),
            _ => answer,
        }
    });
    let fixture = Fixture::configured("", &app, |config| {
        config.app_health = Some(AppHealthConfig::default());
    })
    .await;
    app.calls("/healthz", 1).await;
    is_well.store(false, Ordering::SeqCst);
    let policy = json!({"drop": {}});
    fixture.schedule("job", json!({"dueTime": "0s", "failurePolicy": policy})).await;
    app.calls("/job/job", 1).await;
    fixture.sidecar.idle().await;
    assert_eq!(fixture.job_names().await, ["job"]);
    is_well.store(true, Ordering::SeqCst);
    app.calls("/job/job", 2).await;
    fixture.sidecar.idle().await;
    assert!(fixture.job_names().await.is_empty());
}

/// An app that does not listen until it is told to.
struct LateApp {
    listening: Notify,
    called: Notify,
}

impl AppChannel for LateApp {
    fn call(&self, request: Request<bytes::Bytes>) -> AppCall<'_> {
        if request.uri().path() == "/job/job" {
            self.called.notify_one();
        }
        Box::pin(std::future::ready(Ok(status(404))))
    }

    fn ready(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.listening.notified())
    }
}

#[tokio::test(start_paused = true)]
async fn an_app_that_does_not_listen_yet_is_not_called() {
    let dir = tempfile::tempdir().expect("a directory");
    let app = Arc::new(LateApp { listening: Notify::new(), called: Notify::new() });
    let sidecar = Sidecar::builder(SidecarConfig::new("app", dir.path()))
        .app_channel(Arc::clone(&app) as Arc<dyn AppChannel>)
        .start()
        .await
        .expect("the sidecar starts");
    let job = post("/v1.0/jobs/job", "application/json", r#"{"dueTime":"-1s"}"#);
    assert_eq!(sidecar.handle(job).await.status(), 204);
    let called = tokio::time::timeout(Duration::from_secs(3_600), app.called.notified()).await;
    assert!(called.is_err(), "called although it does not listen");
    app.listening.notify_one();
    app.called.notified().await;
}

#[tokio::test(start_paused = true)]
async fn without_an_app_jobs_are_kept_for_one() {
    let dir = tempfile::tempdir().expect("a directory");
    let config = SidecarConfig::new("app", dir.path().join("data"));
    let sidecar = Sidecar::builder(config).start().await.expect("the sidecar starts");
    let job = post("/v1.0/jobs/job", "application/json", r#"{"dueTime":"-1s"}"#);
    assert_eq!(sidecar.handle(job).await.status(), 204);
    sidecar.shutdown().await;
    drop(sidecar);
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start_in(dir, "", &app, |_| {}).await.expect("it starts");
    app.calls("/job/job", 1).await;
    fixture.sidecar.idle().await;
    assert!(fixture.job_names().await.is_empty());
}
