//! Taking a name again, overwriting and deleting.

use std::time::Duration;

use serde_json::json;

use crate::support::{Fixture, StubApp, after, request, status};

#[tokio::test(start_paused = true)]
async fn a_taken_name_is_a_409_and_the_job_stays_as_it_is() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start("", &app).await;
    fixture.schedule("job", json!({"dueTime": "10s", "data": "first"})).await;
    let again = fixture.try_schedule("job", r#"{"dueTime":"1s","data":"second"}"#).await;
    assert_eq!(again.status(), 409);
    let body: serde_json::Value = serde_json::from_slice(again.body()).expect("JSON");
    assert_eq!(body["errorCode"], "DAPR_SCHEDULER_SCHEDULE_JOB");
    let call = &app.calls("/job/job", 1).await[0];
    assert_eq!((call.at.as_secs(), call.json()), (10, json!("first")));
    fixture.sidecar.idle().await;
    fixture.schedule("job", json!({"dueTime": "1s"})).await;
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_asked_for_twice_at_once_is_given_once() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start("", &app).await;
    let ask = || fixture.try_schedule("job", r#"{"dueTime":"10s"}"#);
    let answers = tokio::join!(ask(), ask(), ask());
    let mut statuses = [answers.0, answers.1, answers.2].map(|answer| answer.status().as_u16());
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409, 409]);
}

#[tokio::test(start_paused = true)]
async fn overwriting_replaces_the_job_and_forgets_its_counters() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start("", &app).await;
    fixture.schedule("job", json!({"schedule": "@every 10s", "repeats": 3, "data": 1})).await;
    app.calls("/job/job", 2).await;
    fixture.sidecar.idle().await;
    let job = json!({"schedule": "@every 5s", "repeats": 3, "data": 2, "overwrite": true});
    fixture.schedule("job", job).await;
    let calls = app.calls("/job/job", 5).await;
    let seen: Vec<_> = calls.iter().map(|it| (it.at.as_secs(), it.json())).collect();
    let [one, two] = [json!(1), json!(2)];
    let expected = [(10, one.clone()), (20, one), (25, two.clone()), (30, two.clone()), (35, two)];
    assert_eq!(seen, expected);
    fixture.sidecar.idle().await;
    assert!(fixture.job_names().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn overwriting_with_a_time_that_never_comes_takes_the_job_away() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start("", &app).await;
    let never = r#"{"schedule":"CRON_TZ=UTC 0 0 0 30 2 *"}"#;
    assert_eq!(fixture.try_schedule("job", never).await.status(), 204);
    fixture.schedule("job", json!({"dueTime": "10s"})).await;
    assert_eq!(fixture.try_schedule("job", never).await.status(), 409);
    let overwriting = r#"{"schedule":"CRON_TZ=UTC 0 0 0 30 2 *","overwrite":true}"#;
    assert_eq!(fixture.try_schedule("job", overwriting).await.status(), 204);
    assert!(fixture.job_names().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_deleted_job_does_not_fire() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start("", &app).await;
    fixture.schedule("gone", json!({"dueTime": "10s"})).await;
    fixture.schedule("later", json!({"dueTime": "20s"})).await;
    assert_eq!(fixture.call(request("DELETE", "/v1.0/jobs/gone")).await.status(), 204);
    app.calls("/job/later", 1).await;
    assert!(app.calls_so_far("/job/gone").is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_a_job_that_was_overwritten_meanwhile_does_not_end_the_new_one() {
    let app = StubApp::new(json!([]), |call| match call.nth {
        1 => after(Duration::from_secs(30), status(200)),
        _ => status(200),
    });
    let fixture = Fixture::start("", &app).await;
    fixture.schedule("job", json!({"dueTime": "10s", "data": "old"})).await;
    app.calls("/job/job", 1).await;
    fixture.schedule("job", json!({"dueTime": "5s", "data": "new", "overwrite": true})).await;
    let calls = app.calls("/job/job", 2).await;
    assert_eq!(calls[1].json(), "new");
    assert_eq!(calls[1].at.as_secs(), 40, "it waits for the answer to the old one");
}

#[tokio::test(start_paused = true)]
async fn a_job_deleted_while_it_is_called_does_not_come_again() {
    let app = StubApp::new(json!([]), |_| after(Duration::from_secs(30), status(500)));
    let fixture = Fixture::start("", &app).await;
    fixture.schedule("job", json!({"schedule": "@every 10s"})).await;
    app.calls("/job/job", 1).await;
    assert_eq!(fixture.call(request("DELETE", "/v1.0/jobs/job")).await.status(), 204);
    fixture.sidecar.idle().await;
    assert!(fixture.job_names().await.is_empty());
    assert_eq!(app.calls_so_far("/job/job").len(), 1);
}
