//! When jobs fire: what takes minutes and hours, on virtual time.

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
    check(json!({"dueTime": "-1h"}), 1, &[0]).await;
    check(json!({"dueTime": "PT23H"}), 1, &[23 * 3_600_000]).await;
}

#[tokio::test(start_paused = true)]
async fn a_schedule_by_the_clock_begins_with_its_next_tick() {
    let hour = 3_600_000;
    let on_the_hour = "CRON_TZ=UTC 30 0 * * * *";
    check(json!({"schedule": on_the_hour}), 2, &[30_000, hour + 30_000]).await;
    let zoned = "CRON_TZ=Asia/Karachi 0 30 14 * * *";
    check(json!({"schedule": zoned}), 1, &[hour / 2]).await;
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
