//! What a restart keeps.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::support::{Fixture, StubApp, after, status};

async fn restart(fixture: Fixture, app: &Arc<StubApp>) -> Fixture {
    let dir = fixture.shut_down().await;
    let fixture = Fixture::start_in(dir, "", app, |_| {}).await.expect("it starts again");
    fixture.sidecar.ready().await;
    fixture
}

#[tokio::test(start_paused = true)]
async fn jobs_and_how_far_they_have_come_are_kept() {
    let first = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start("", &first).await;
    fixture.schedule("job", json!({"schedule": "@every 1m", "repeats": 3, "data": "x"})).await;
    first.calls("/job/job", 2).await;
    fixture.sidecar.idle().await;
    // The clock begins anew with the sidecar, so the third tick is three minutes away again.
    let second = StubApp::new(json!([]), |_| status(200));
    let fixture = restart(fixture, &second).await;
    let call = &second.calls("/job/job", 1).await[0];
    assert_eq!((call.at.as_secs(), call.json()), (180, json!("x")));
    fixture.sidecar.idle().await;
    assert!(fixture.job_names().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn failed_attempts_are_counted_across_a_restart() {
    let failing = StubApp::new(json!([]), |_| status(500));
    let fixture = Fixture::start("", &failing).await;
    let policy = json!({"constant": {"interval": "60s", "maxRetries": 2}});
    fixture.schedule("job", json!({"dueTime": "10s", "failurePolicy": policy})).await;
    failing.calls("/job/job", 2).await;
    fixture.sidecar.idle().await;
    let second = StubApp::new(json!([]), |_| status(500));
    let fixture = restart(fixture, &second).await;
    assert_eq!(second.calls("/job/job", 1).await[0].at.as_secs(), 130);
    fixture.sidecar.idle().await;
    assert!(fixture.job_names().await.is_empty(), "that was the last attempt");
}

#[tokio::test(start_paused = true)]
async fn every_tick_of_a_downtime_is_made_up_for_at_once() {
    let nobody = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start("", &nobody).await;
    let job = json!({"schedule": "@every 10s", "dueTime": "2027-01-31T08:59:00Z", "repeats": 10});
    fixture.schedule("once", json!({"dueTime": "2027-01-31T08:00:00Z", "data": 1})).await;
    fixture.schedule("ticking", job).await;
    let calls = nobody.calls("/job/ticking", 10).await;
    let at: Vec<_> = calls.iter().map(|call| call.at.as_secs()).collect();
    assert_eq!(at, [0, 0, 0, 0, 0, 0, 0, 10, 20, 30]);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_outlasts_the_shutdown_comes_again() {
    let stuck = StubApp::new(json!([]), |_| after(Duration::from_secs(3_600), status(200)));
    let fixture = Fixture::start("", &stuck).await;
    fixture.schedule("job", json!({"dueTime": "0s"})).await;
    stuck.calls("/job/job", 1).await;
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = restart(fixture, &app).await;
    app.calls("/job/job", 1).await;
    fixture.sidecar.idle().await;
    assert!(fixture.job_names().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_call_in_flight_is_finished_before_the_shutdown() {
    let busy = StubApp::new(json!([]), |_| after(Duration::from_secs(4), status(200)));
    let fixture = Fixture::start("", &busy).await;
    fixture.schedule("job", json!({"dueTime": "0s"})).await;
    busy.calls("/job/job", 1).await;
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = restart(fixture, &app).await;
    assert!(fixture.job_names().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_taken_away_is_an_empty_one() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start("", &app).await;
    fixture.schedule("job", json!({"dueTime": "1h"})).await;
    let dir = fixture.shut_down().await;
    std::fs::remove_file(dir.path().join("data/jobs.db")).expect("the store is a file");
    let fixture = Fixture::start_in(dir, "", &app, |_| {}).await.expect("it starts again");
    fixture.sidecar.ready().await;
    assert!(fixture.job_names().await.is_empty());
    fixture.schedule("job", json!({"dueTime": "0s"})).await;
    app.calls("/job/job", 1).await;
}
