//! When jobs fire.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Fixture, StubApp, after, status};

/// Milliseconds from the start, which is 09:00 on the last of January, to each of the first `n`
/// calls.
async fn check(job: Value, n: usize, expected: &[u128]) {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start("", &app).await;
    fixture.schedule("job", job.clone()).await;
    let calls = app.calls("/job/job", n).await;
    let at: Vec<_> = calls.iter().map(|call| call.at.as_millis()).collect();
    assert_eq!(at, expected, "{job}");
}

#[tokio::test(start_paused = true)]
async fn a_due_time_is_a_time_or_a_duration() {
    check(json!({"dueTime": "2027-01-31T09:00:30Z"}), 1, &[30_000]).await;
    check(json!({"dueTime": "2027-01-31T14:00:30.250+05:00"}), 1, &[30_250]).await;
    check(json!({"dueTime": "1m30s"}), 1, &[90_000]).await;
    check(json!({"dueTime": "500ms"}), 1, &[500]).await;
    check(json!({"dueTime": "PT23H"}), 1, &[23 * 3_600_000]).await;
}

#[tokio::test(start_paused = true)]
async fn a_due_time_in_the_past_fires_at_once() {
    check(json!({"dueTime": "2020-01-01T00:00:00Z"}), 1, &[0]).await;
    check(json!({"dueTime": "-1h"}), 1, &[0]).await;
    check(json!({"dueTime": "0s"}), 1, &[0]).await;
}

#[tokio::test(start_paused = true)]
async fn a_schedule_begins_with_its_next_tick_or_with_the_due_time() {
    let hour = 3_600_000;
    let on_the_hour = "CRON_TZ=UTC 30 0 * * * *";
    check(json!({"schedule": on_the_hour}), 2, &[30_000, hour + 30_000]).await;
    let zoned = "CRON_TZ=Asia/Karachi 0 30 14 * * *";
    check(json!({"schedule": zoned}), 1, &[hour / 2]).await;
    check(json!({"schedule": "@every 1m", "dueTime": "5s"}), 3, &[5_000, 65_000, 125_000]).await;
}

#[tokio::test(start_paused = true)]
async fn a_schedule_ends_with_its_repeats_or_its_ttl() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start("", &app).await;
    fixture.schedule("thrice", json!({"schedule": "@every 1m", "repeats": 3})).await;
    fixture.schedule("short", json!({"schedule": "@every 1m", "ttl": "2m30s"})).await;
    fixture.schedule("end", json!({"dueTime": "1h"})).await;
    app.calls("/job/end", 1).await;
    fixture.sidecar.idle().await;
    assert_eq!(app.calls_so_far("/job/thrice").len(), 3);
    assert_eq!(app.calls_so_far("/job/short").len(), 2);
    assert!(fixture.job_names().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_next_tick_waits_for_the_answer_and_what_was_missed_is_made_up_for() {
    let app = StubApp::new(json!([]), |call| match call.nth {
        1 => after(Duration::from_secs(35), status(200)),
        _ => status(200),
    });
    let fixture = Fixture::start("", &app).await;
    fixture.schedule("job", json!({"schedule": "@every 10s"})).await;
    let calls = app.calls("/job/job", 6).await;
    let at: Vec<_> = calls.iter().map(|call| call.at.as_secs()).collect();
    assert_eq!(at, [10, 45, 45, 45, 50, 60]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_job_holds_up_no_other() {
    let app = StubApp::new(json!([]), |call| match call.path.as_str() {
        "/job/slow" => after(Duration::from_secs(3_600), status(200)),
        _ => status(200),
    });
    let fixture = Fixture::start("", &app).await;
    fixture.schedule("slow", json!({"dueTime": "1s"})).await;
    fixture.schedule("quick", json!({"dueTime": "2s"})).await;
    assert_eq!(app.calls("/job/quick", 1).await[0].at.as_secs(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_job_due_before_the_one_waited_for_is_not_late() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start("", &app).await;
    fixture.schedule("far", json!({"dueTime": "1h"})).await;
    fixture.schedule("tick", json!({"dueTime": "10s"})).await;
    app.calls("/job/tick", 1).await;
    fixture.schedule("near", json!({"dueTime": "5s"})).await;
    assert_eq!(app.calls("/job/near", 1).await[0].at.as_secs(), 15);
    assert_eq!(app.calls("/job/far", 1).await[0].at.as_secs(), 3_600);
}
