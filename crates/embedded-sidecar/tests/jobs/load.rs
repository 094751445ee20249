//! Many jobs at once.

use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{Fixture, Seen, StubApp, after, post, status};

const JOBS: usize = 10_000;
/// How long the app is busy with one call.
const CALL: Duration = Duration::from_millis(5);
/// The sidecar calls this many jobs at a time.
const CALLS_AT_A_TIME: usize = 64;

async fn schedule(fixture: &Fixture, due_ms: impl Fn(usize) -> usize) {
    let mut requests = JoinSet::new();
    for n in 0..JOBS {
        let body = json!({"dueTime": format!("{}ms", due_ms(n))}).to_string();
        let request = post(&format!("/v1.0/jobs/{n}"), "application/json", body);
        let sidecar = fixture.sidecar.clone();
        requests.spawn(async move { sidecar.handle(request).await.status().as_u16() });
    }
    let taken = requests.join_all().await;
    assert!(taken.iter().all(|status| *status == 204));
}

fn number(call: &Seen) -> usize {
    call.path.trim_start_matches("/job/").parse().expect("a number")
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_jobs_of_one_minute_fire_in_order_and_none_is_early_or_late() {
    let app = StubApp::new(json!([]), |_| after(CALL, status(200)));
    let fixture = Fixture::start("", &app).await;
    let due_ms = |n: usize| 60_000 + (n * 7_919 % JOBS) * 6;
    schedule(&fixture, due_ms).await;
    let calls = app.calls_below("/job/", JOBS).await;
    let due: Vec<usize> = calls.iter().map(|call| due_ms(number(call))).collect();
    assert!(due.is_sorted(), "not in order of time");
    for (call, due_ms) in calls.iter().zip(due) {
        let at = call.at.as_millis() as usize;
        assert!((due_ms..due_ms + 50).contains(&at), "due at {due_ms} ms, called at {at} ms");
    }
    fixture.sidecar.idle().await;
    assert!(fixture.job_names().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn jobs_of_one_instant_are_called_a_few_at_a_time() {
    let app = StubApp::new(json!([]), |_| after(CALL, status(200)));
    let fixture = Fixture::start("", &app).await;
    schedule(&fixture, |_| 60_000).await;
    let calls = app.calls_below("/job/", JOBS).await;
    let first = calls[0].at;
    let together = calls.iter().filter(|call| call.at < first + CALL).count();
    assert_eq!(together, CALLS_AT_A_TIME);
    let last = calls[JOBS - 1].at - first;
    let rounds = JOBS / CALLS_AT_A_TIME;
    assert!(last < CALL * 2 * rounds as u32, "the last one is {last:?} late");
}
