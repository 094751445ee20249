//! What the app's answer does to a job.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::support::{Fixture, StubApp, status};

/// Whole seconds from the start to each of the first `n` calls of a job, which the app answers
/// with these statuses, the last one for ever.
async fn calls(job: Value, statuses: &'static [u16], n: usize) -> (Vec<u64>, Fixture) {
    let app = answering(statuses);
    let fixture = Fixture::start("", &app).await;
    fixture.schedule("job", job).await;
    let calls = app.calls("/job/job", n).await;
    fixture.sidecar.idle().await;
    (calls.iter().map(|call| call.at.as_secs()).collect(), fixture)
}

fn answering(statuses: &'static [u16]) -> Arc<StubApp> {
    StubApp::new(json!([]), move |call| status(statuses[(call.nth - 1).min(statuses.len() - 1)]))
}

#[tokio::test(start_paused = true)]
async fn any_success_ends_a_job_that_fires_once() {
    for statuses in [&[200], &[204], &[299]] {
        let (at, fixture) = calls(json!({"dueTime": "10s"}), statuses, 1).await;
        assert_eq!(at, [10]);
        assert!(fixture.job_names().await.is_empty(), "{statuses:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_404_uses_the_job_up() {
    let (_, fixture) = calls(json!({"dueTime": "10s"}), &[404], 1).await;
    assert!(fixture.job_names().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn without_a_policy_there_are_four_calls_within_three_seconds() {
    let (at, fixture) = calls(json!({"dueTime": "10s"}), &[500], 4).await;
    assert_eq!(at, [10, 11, 12, 13]);
    assert!(fixture.job_names().await.is_empty(), "the job is lost, as it is with Dapr");
    let metrics = fixture.sidecar.metrics_text();
    assert!(metrics.contains("dapr_component_job_failure_count{app_id=\"app\"} 4"), "{metrics}");
}

#[tokio::test(start_paused = true)]
async fn redirects_and_other_refusals_fail() {
    let (at, _) = calls(json!({"dueTime": "10s"}), &[302, 400, 429, 200], 4).await;
    assert_eq!(at, [10, 11, 12, 13]);
}

#[tokio::test(start_paused = true)]
async fn a_constant_policy_has_its_own_interval_and_end() {
    let policy = json!({"constant": {"interval": "5s", "maxRetries": 2}});
    let (at, fixture) = calls(json!({"dueTime": "10s", "failurePolicy": policy}), &[503], 3).await;
    assert_eq!(at, [10, 15, 20]);
    assert!(fixture.job_names().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_constant_policy_without_an_end_keeps_the_job_until_it_works() {
    let policy = json!({"constant": {"interval": "60s"}});
    let failing_twenty_times: &[u16] = &[503; 20];
    let job = json!({"dueTime": "10s", "failurePolicy": policy});
    let (at, fixture) = calls(job, failing_twenty_times, 20).await;
    assert_eq!(at.last(), Some(&(10 + 19 * 60)));
    assert_eq!(fixture.job_names().await, ["job"]);
}

#[tokio::test(start_paused = true)]
async fn no_interval_is_no_pause() {
    let job = json!({"dueTime": "10s", "failurePolicy": {"constant": {"maxRetries": 5}}});
    let (at, _) = calls(job, &[500], 6).await;
    assert_eq!(at, [10; 6]);
}

#[tokio::test(start_paused = true)]
async fn dropping_tries_once_and_goes_on_with_the_next_tick() {
    let policy = json!({"drop": {}});
    let job = json!({"schedule": "@every 10s", "failurePolicy": policy});
    let (at, fixture) = calls(job, &[500], 3).await;
    assert_eq!(at, [10, 20, 30]);
    assert_eq!(fixture.job_names().await, ["job"]);
}

#[tokio::test(start_paused = true)]
async fn failures_count_per_tick() {
    let job = json!({"schedule": "@every 1m", "repeats": 2});
    let (at, fixture) = calls(job, &[500], 8).await;
    assert_eq!(at, [60, 61, 62, 63, 120, 121, 122, 123]);
    assert!(fixture.job_names().await.is_empty());
}
