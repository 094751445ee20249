//! Overwriting, where virtual time shows what a second cannot.

use std::time::Duration;

use serde_json::json;

use crate::support::{Fixture, StubApp, after, status};

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
