//! When jobs fire.

use std::time::Duration;

use serde_json::{Value, json};

use crate::engine::{Engine, Setup, after, status};

/// How late a call may be where processes have to be woken first.
const LATE_MS: u128 = 1_500;

/// Schedules a job and compares the milliseconds until each of its calls.
async fn check(engine: &Engine, job: Value, expected_ms: &[u128]) {
    let app = engine.content_app();
    let sidecar = engine.start_with(Setup::of_jobs(), &app).await;
    sidecar.schedule("mark", json!({"dueTime": "0s"})).await;
    let mark = app.calls("/job/mark", 1).await.remove(0).at;
    sidecar.schedule("job", job.clone()).await;
    let calls = app.calls("/job/job", expected_ms.len()).await;
    for (call, expected) in calls.iter().zip(expected_ms) {
        let at = (call.at - mark).as_millis();
        assert!((*expected..expected + LATE_MS).contains(&at), "{job}: {at} for {expected}");
    }
}

pub(crate) async fn a_due_time_is_a_duration_in_either_spelling(engine: &Engine) {
    check(engine, json!({"dueTime": "1s500ms"}), &[1_500]).await;
    check(engine, json!({"dueTime": "PT2S"}), &[2_000]).await;
}

pub(crate) async fn a_due_time_in_the_past_fires_at_once(engine: &Engine) {
    check(engine, json!({"dueTime": "2020-01-01T00:00:00Z"}), &[0]).await;
    check(engine, json!({"dueTime": "0s"}), &[0]).await;
}

pub(crate) async fn a_schedule_begins_with_its_first_interval_or_with_the_due_time(
    engine: &Engine,
) {
    check(engine, json!({"schedule": "@every 2s"}), &[2_000, 4_000]).await;
    check(engine, json!({"schedule": "@every 2s", "dueTime": "1s"}), &[1_000, 3_000]).await;
}

pub(crate) async fn a_schedule_by_the_clock_ticks_at_its_seconds(engine: &Engine) {
    let app = engine.content_app();
    let sidecar = engine.start_with(Setup::of_jobs(), &app).await;
    sidecar.schedule("job", json!({"schedule": "CRON_TZ=Asia/Karachi */2 * * * * *"})).await;
    let calls = app.calls("/job/job", 3).await;
    let span = (calls[2].at - calls[0].at).as_millis();
    assert!((3_000..4_000 + LATE_MS).contains(&span), "{span}");
}

pub(crate) async fn a_schedule_ends_with_its_repeats_or_its_ttl(engine: &Engine) {
    let app = engine.content_app();
    let sidecar = engine.start_with(Setup::of_jobs(), &app).await;
    sidecar.schedule("twice", json!({"schedule": "@every 1s", "repeats": 2})).await;
    sidecar.schedule("short", json!({"schedule": "@every 2s", "ttl": "5s"})).await;
    sidecar.schedule("end", json!({"dueTime": "8s"})).await;
    app.calls("/job/end", 1).await;
    assert_eq!(app.calls_so_far("/job/twice").len(), 2);
    assert_eq!(app.calls_so_far("/job/short").len(), 2);
    for name in ["twice", "short"] {
        assert!(!sidecar.has_job(name).await, "{name}");
    }
}

pub(crate) async fn a_slow_job_holds_up_no_other(engine: &Engine) {
    let app = engine.app(json!([]), |call| match call.path.as_str() {
        "/job/slow" => after(Duration::from_secs(20), status(200)),
        _ => status(200),
    });
    let sidecar = engine.start_with(Setup::of_jobs(), &app).await;
    sidecar.schedule("slow", json!({"dueTime": "0s"})).await;
    let slow = app.calls("/job/slow", 1).await.remove(0).at;
    sidecar.schedule("quick", json!({"dueTime": "1s"})).await;
    let quick = app.calls("/job/quick", 1).await.remove(0).at;
    assert!((quick - slow).as_millis() < 1_000 + LATE_MS);
}

pub(crate) async fn a_job_due_before_the_one_waited_for_is_not_late(engine: &Engine) {
    let app = engine.content_app();
    let sidecar = engine.start_with(Setup::of_jobs(), &app).await;
    sidecar.schedule("far", json!({"dueTime": "1h"})).await;
    sidecar.schedule("near", json!({"dueTime": "1s"})).await;
    app.calls("/job/near", 1).await;
    assert!(sidecar.has_job("far").await);
}
