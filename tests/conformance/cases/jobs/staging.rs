//! Jobs of an app that is not well.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::engine::{Engine, Setup, status};

/// Probes after which a job would have come that did not wait.
const PROBES: usize = 2;

pub(crate) async fn a_job_waits_for_its_app_and_uses_up_no_attempt(engine: &Engine) {
    let is_well = Arc::new(AtomicBool::new(false));
    let answers = Arc::clone(&is_well);
    let app = engine.app(json!([]), move |call| {
        let is_refused = call.path == "/healthz" && !answers.load(Ordering::SeqCst);
        status(if is_refused { 503 } else { 200 })
    });
    let setup = Setup { health_path: Some("/healthz"), ..Setup::of_jobs() };
    let sidecar = engine.start_with(setup, &app).await;
    sidecar.schedule("job", json!({"dueTime": "0s", "failurePolicy": {"drop": {}}})).await;
    let so_far = app.calls_so_far("/healthz").len();
    app.calls("/healthz", so_far + PROBES).await;
    assert!(app.calls_so_far("/job/job").is_empty());
    assert!(sidecar.has_job("job").await);
    is_well.store(true, Ordering::SeqCst);
    app.calls("/job/job", 1).await;
    sidecar.settled().await;
    assert!(!sidecar.has_job("job").await);
}
