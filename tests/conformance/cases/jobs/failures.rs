//! What the app's answer does to a job.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::engine::{App, Engine, Seen, Setup, Sidecar, status};

/// The first `n` calls of a job, which the app answers with these statuses, the last one for ever;
/// and the sidecar, once it has no more to do.
async fn calls(
    engine: &Engine,
    job: Value,
    statuses: &'static [u16],
    n: usize,
) -> (Vec<Seen>, Sidecar, Arc<App>) {
    let app =
        engine.app(json!([]), move |call| status(statuses[(call.nth - 1).min(statuses.len() - 1)]));
    let sidecar = engine.start_with(Setup::of_jobs(), &app).await;
    sidecar.schedule("job", job).await;
    let calls = app.calls("/job/job", n).await;
    (calls, sidecar, app)
}

/// Seconds between one call and the next, to the nearest.
fn gaps_s(calls: &[Seen]) -> Vec<u128> {
    let gap = |pair: &[Seen]| ((pair[1].at - pair[0].at).as_millis() + 500) / 1_000;
    calls.windows(2).map(gap).collect()
}

pub(crate) async fn any_success_ends_a_job_that_fires_once(engine: &Engine) {
    for statuses in [&[200], &[204], &[299]] {
        let (_, sidecar, app) = calls(engine, json!({"dueTime": "1s"}), statuses, 1).await;
        sidecar.settled().await;
        assert_eq!(app.calls_so_far("/job/job").len(), 1, "{statuses:?}");
        assert!(!sidecar.has_job("job").await, "{statuses:?}");
    }
}

pub(crate) async fn a_404_uses_the_job_up(engine: &Engine) {
    let (_, sidecar, app) = calls(engine, json!({"dueTime": "1s"}), &[404], 1).await;
    sidecar.settled().await;
    assert_eq!(app.calls_so_far("/job/job").len(), 1);
    assert!(!sidecar.has_job("job").await);
}

pub(crate) async fn without_a_policy_there_are_four_calls_within_three_seconds(engine: &Engine) {
    let (calls, sidecar, app) = calls(engine, json!({"dueTime": "1s"}), &[500], 4).await;
    assert_eq!(gaps_s(&calls), [1, 1, 1]);
    sidecar.settled().await;
    assert_eq!(app.calls_so_far("/job/job").len(), 4);
    assert!(!sidecar.has_job("job").await, "the job is lost");
}

pub(crate) async fn redirects_and_other_refusals_fail(engine: &Engine) {
    let statuses = &[302, 400, 429, 200];
    let (calls, sidecar, app) = calls(engine, json!({"dueTime": "1s"}), statuses, 4).await;
    assert_eq!(gaps_s(&calls), [1, 1, 1]);
    sidecar.settled().await;
    assert_eq!(app.calls_so_far("/job/job").len(), 4);
}

pub(crate) async fn a_constant_policy_has_its_own_interval_and_end(engine: &Engine) {
    let policy = json!({"constant": {"interval": "2s", "maxRetries": 1}});
    let job = json!({"dueTime": "1s", "failurePolicy": policy});
    let (calls, sidecar, app) = calls(engine, job, &[503], 2).await;
    assert_eq!(gaps_s(&calls), [2]);
    sidecar.settled().await;
    assert_eq!(app.calls_so_far("/job/job").len(), 2);
    assert!(!sidecar.has_job("job").await);
}

pub(crate) async fn a_constant_policy_without_an_end_keeps_the_job_until_it_works(engine: &Engine) {
    let policy = json!({"constant": {"interval": "1s"}});
    let job = json!({"dueTime": "1s", "failurePolicy": policy});
    let (calls, sidecar, app) = calls(engine, job, &[503, 503, 503, 503, 503, 200], 6).await;
    assert_eq!(gaps_s(&calls), [1; 5]);
    sidecar.settled().await;
    assert_eq!(app.calls_so_far("/job/job").len(), 6);
    assert!(!sidecar.has_job("job").await);
}

pub(crate) async fn no_interval_is_no_pause(engine: &Engine) {
    let job = json!({"dueTime": "1s", "failurePolicy": {"constant": {"maxRetries": 3}}});
    let (calls, ..) = calls(engine, job, &[500], 4).await;
    assert_eq!(gaps_s(&calls), [0; 3]);
}

pub(crate) async fn dropping_tries_once_and_goes_on_with_the_next_tick(engine: &Engine) {
    let job = json!({"schedule": "@every 2s", "failurePolicy": {"drop": {}}});
    let (calls, sidecar, _) = calls(engine, job, &[500], 3).await;
    assert_eq!(gaps_s(&calls), [2, 2]);
    assert!(sidecar.has_job("job").await);
}

pub(crate) async fn failures_count_per_tick(engine: &Engine) {
    let policy = json!({"constant": {"interval": "1s", "maxRetries": 1}});
    let job = json!({"schedule": "@every 4s", "repeats": 2, "failurePolicy": policy});
    let (calls, sidecar, app) = calls(engine, job, &[500], 4).await;
    assert_eq!(gaps_s(&calls), [1, 3, 1]);
    sidecar.settled().await;
    assert_eq!(app.calls_so_far("/job/job").len(), 4);
    assert!(!sidecar.has_job("job").await);
}
