//! Scheduling a job.

use std::time::Duration;

use dapr_protocol::Refusal;
use dapr_protocol::jobs::{FailurePolicy, JobsApi, ScheduleJob, ScheduleOutcome};
use expect_test::expect;
use serde_json::json;

use crate::{answer, dapr, text};

fn once(name: &str) -> ScheduleJob {
    let due_time = Some("2027-01-31T09:00:00Z".to_owned());
    ScheduleJob { name: name.to_owned(), due_time, ..ScheduleJob::default() }
}

#[test]
fn only_what_is_set_is_sent_and_the_name_stands_in_the_path_alone() {
    let request = once("r 1+2").to_http(&dapr(), JobsApi::Stable).expect("a request");
    expect![[r#"
        POST http://localhost:3500/v1.0/jobs/r%201%2B2
        content-type: application/json
        content-length: 34
        {"dueTime":"2027-01-31T09:00:00Z"}"#]]
    .assert_eq(&text(&request));
}

#[test]
fn every_field_has_its_name() {
    let job = ScheduleJob {
        schedule: Some("@every 1m".to_owned()),
        repeats: Some(3),
        ttl: Some("1h".to_owned()),
        overwrite: true,
        data: Some(json!({"task": "7"})),
        failure_policy: Some(FailurePolicy::Constant {
            interval: Duration::from_millis(1_250),
            max_retries: Some(5),
        }),
        ..once("r")
    };
    let request = job.to_http(&dapr(), JobsApi::Alpha).expect("a request");
    assert_eq!(request.uri().path(), "/v1.0-alpha1/jobs/r");
    let body: serde_json::Value = serde_json::from_slice(request.body()).expect("JSON");
    let expected = json!({
        "schedule": "@every 1m",
        "dueTime": "2027-01-31T09:00:00Z",
        "repeats": 3,
        "ttl": "1h",
        "overwrite": true,
        "data": {"task": "7"},
        "failurePolicy": {"constant": {"interval": "1.25s", "maxRetries": 5}},
    });
    assert_eq!(body, expected);
}

#[test]
fn a_policy_is_dropped_or_constant_with_or_without_an_end() {
    let policy = |policy| {
        let job = ScheduleJob { failure_policy: Some(policy), ..once("r") };
        let request = job.to_http(&dapr(), JobsApi::Stable).expect("a request");
        let body: serde_json::Value = serde_json::from_slice(request.body()).expect("JSON");
        body["failurePolicy"].clone()
    };
    assert_eq!(policy(FailurePolicy::Drop), json!({"drop": {}}));
    let endless = FailurePolicy::Constant { interval: Duration::from_secs(5), max_retries: None };
    assert_eq!(policy(endless), json!({"constant": {"interval": "5s"}}));
}

#[test]
fn a_taken_name_and_a_missing_api_are_told_from_a_refusal() {
    let refusal = |status, code: &str| {
        let body = json!({"errorCode": code, "message": "why"}).to_string();
        ScheduleOutcome::read(&answer(status, &body))
    };
    assert_eq!(ScheduleOutcome::read(&answer(204, "")), ScheduleOutcome::Scheduled);
    assert_eq!(refusal(409, "DAPR_SCHEDULER_SCHEDULE_JOB"), ScheduleOutcome::Exists);
    assert_eq!(refusal(404, "ERR_DIRECT_INVOKE"), ScheduleOutcome::NoJobsApi);
    for (status, code) in [(500, "DAPR_SCHEDULER_SCHEDULE_JOB"), (404, "SOMETHING_ELSE")] {
        let expected = Refusal { status, code: code.to_owned(), message: "why".to_owned() };
        assert_eq!(refusal(status, code), ScheduleOutcome::Refused(expected));
    }
}

#[test]
fn the_forms_of_the_api_end() {
    let mut forms = Vec::new();
    let mut api = Some(JobsApi::default());
    while let Some(form) = api {
        forms.push(form);
        api = form.older();
    }
    assert_eq!(forms, [JobsApi::Stable, JobsApi::Alpha]);
}
