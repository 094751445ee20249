//! Taking a name again, overwriting and deleting.

use std::time::Duration;

use serde_json::json;

use crate::engine::{Answer, Engine, Setup, after, request, status};

pub(crate) async fn a_taken_name_is_a_409_and_the_job_stays_as_it_is(engine: &Engine) {
    let app = engine.content_app();
    let sidecar = engine.start_with(Setup::of_jobs(), &app).await;
    sidecar.schedule("job", json!({"dueTime": "2s", "data": "first"})).await;
    let again = sidecar.try_schedule("job", r#"{"dueTime":"1s","data":"second"}"#).await;
    assert_eq!(again.code(), (409, "DAPR_SCHEDULER_SCHEDULE_JOB".to_owned()));
    assert_eq!(app.calls("/job/job", 1).await[0].json(), "first");
    sidecar.settled().await;
    sidecar.schedule("job", json!({"dueTime": "1s"})).await;
    app.calls("/job/job", 2).await;
}

pub(crate) async fn a_name_that_is_asked_for_twice_at_once_is_given_once(engine: &Engine) {
    let sidecar = engine.start_with(Setup::of_jobs(), &engine.content_app()).await;
    let ask = || sidecar.try_schedule("job", r#"{"dueTime":"1h"}"#);
    let answers = tokio::join!(ask(), ask(), ask());
    let mut statuses = [answers.0, answers.1, answers.2].map(|answer| answer.status().as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409, 409]);
}

pub(crate) async fn overwriting_replaces_the_job_and_forgets_its_counters(engine: &Engine) {
    let app = engine.content_app();
    let sidecar = engine.start_with(Setup::of_jobs(), &app).await;
    sidecar.schedule("job", json!({"schedule": "@every 2s", "repeats": 2, "data": 1})).await;
    app.calls("/job/job", 1).await;
    let job = json!({"schedule": "@every 1s", "repeats": 2, "data": 2, "overwrite": true});
    sidecar.schedule("job", job).await;
    let calls = app.calls("/job/job", 3).await;
    let seen: Vec<_> = calls.iter().map(|call| call.json()).collect();
    assert_eq!(json!(seen), json!([1, 2, 2]));
    sidecar.settled().await;
    assert_eq!(app.calls_so_far("/job/job").len(), 3);
    assert!(!sidecar.has_job("job").await);
}

pub(crate) async fn a_deleted_job_does_not_fire(engine: &Engine) {
    let app = engine.content_app();
    let sidecar = engine.start_with(Setup::of_jobs(), &app).await;
    sidecar.schedule("gone", json!({"dueTime": "1s"})).await;
    sidecar.schedule("later", json!({"dueTime": "3s"})).await;
    assert_eq!(sidecar.call(request("DELETE", "/v1.0/jobs/gone")).await.status(), 204);
    app.calls("/job/later", 1).await;
    assert!(app.calls_so_far("/job/gone").is_empty());
}

pub(crate) async fn a_job_deleted_while_it_is_called_does_not_come_again(engine: &Engine) {
    let app = engine.app(json!([]), |_| after(Duration::from_secs(2), status(500)));
    let sidecar = engine.start_with(Setup::of_jobs(), &app).await;
    sidecar.schedule("job", json!({"schedule": "@every 1s"})).await;
    app.calls("/job/job", 1).await;
    assert_eq!(sidecar.call(request("DELETE", "/v1.0/jobs/job")).await.status(), 204);
    // Long enough for the answer to the call, and for every retry that must not come.
    sidecar.schedule("end", json!({"dueTime": "5s"})).await;
    app.calls("/job/end", 1).await;
    assert!(!sidecar.has_job("job").await);
    assert_eq!(app.calls_so_far("/job/job").len(), 1);
}
