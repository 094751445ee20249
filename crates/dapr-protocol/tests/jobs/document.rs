//! The body of a job, as the sidecar reads it.

use std::time::Duration;

use dapr_protocol::jobs::{FailurePolicy, JobDocument, ScheduleJob};
use serde_json::{Value, json};

fn read(body: &str) -> ScheduleJob {
    JobDocument::read(body.as_bytes()).expect(body).named("r")
}

fn policy(policy: &str) -> Option<FailurePolicy> {
    read(&format!(r#"{{"failurePolicy":{policy}}}"#)).failure_policy
}

#[test]
fn what_the_app_writes_the_sidecar_reads() {
    let job = ScheduleJob {
        name: "r".to_owned(),
        schedule: Some("@daily".to_owned()),
        due_time: Some("10s".to_owned()),
        repeats: Some(2),
        ttl: Some("1h".to_owned()),
        overwrite: true,
        data: Some(json!({"a": [1, "x", null, true]})),
        failure_policy: Some(FailurePolicy::Constant {
            interval: Duration::from_millis(200),
            max_retries: Some(7),
        }),
    };
    let dapr = crate::dapr();
    let request = job.to_http(&dapr, Default::default()).expect("a request");
    let document = JobDocument::read(request.body()).expect("a document");
    assert!(!document.states_a_name());
    assert_eq!(document.named("r"), job);
}

#[test]
fn both_spellings_are_taken_and_unknown_fields_ignored() {
    let body = r#"{"due_time":"1s","failure_policy":{"constant":{"max_retries":1}},"x":{}}"#;
    let job = read(body);
    assert_eq!(job.due_time.as_deref(), Some("1s"));
    let expected = FailurePolicy::Constant { interval: Duration::ZERO, max_retries: Some(1) };
    assert_eq!(job.failure_policy, Some(expected));
    assert_eq!(read(r#"{"schedule":null,"repeats":null}"#), read("{}"));
}

#[test]
fn counts_are_whole_and_not_negative() {
    assert_eq!(read(r#"{"repeats":"3"}"#).repeats, Some(3));
    assert_eq!(read(r#"{"repeats":3.0}"#).repeats, Some(3));
    assert_eq!(read(r#"{"repeats":4294967295}"#).repeats, Some(u32::MAX));
    for repeats in ["-1", "1.5", "4294967296", "\"x\"", "true", "[]"] {
        let body = format!(r#"{{"repeats":{repeats}}}"#);
        assert!(JobDocument::read(body.as_bytes()).is_err(), "{body}");
    }
    assert!(JobDocument::read(b"").is_ok(), "nothing states nothing");
}

#[test]
fn an_interval_is_seconds_and_nothing_else() {
    let interval = |text: &str| match policy(&format!(r#"{{"constant":{{"interval":"{text}"}}}}"#))
    {
        Some(FailurePolicy::Constant { interval, max_retries: None }) => interval,
        other => panic!("{other:?}"),
    };
    assert_eq!(interval("300s"), Duration::from_secs(300));
    assert_eq!(interval("0.2s"), Duration::from_millis(200));
    assert_eq!(interval("1.000000001s"), Duration::new(1, 1));
    for text in ["5m", "200ms", "5", "s", ".5s", "1.s", "-1s", "+1s", "1.0000000001s", " 1s"] {
        let body = format!(r#"{{"failurePolicy":{{"constant":{{"interval":"{text}"}}}}}}"#);
        assert!(JobDocument::read(body.as_bytes()).is_err(), "{body}");
    }
    assert!(JobDocument::read(b"").is_ok(), "nothing states nothing");
}

#[test]
fn a_policy_is_one_of_two_or_none() {
    assert_eq!(policy(r#"{"drop":{}}"#), Some(FailurePolicy::Drop));
    assert_eq!(policy("{}"), None);
    assert_eq!(policy("null"), None);
    let both = br#"{"failurePolicy":{"drop":{},"constant":{}}}"#;
    assert!(JobDocument::read(both).is_err());
}

#[test]
fn what_is_no_object_is_no_job() {
    for body in ["[{}]", "[]", "null", "{", "1", r#"{"schedule":1}"#, r#"{"overwrite":"true"}"#] {
        assert!(JobDocument::read(body.as_bytes()).is_err(), "{body}");
    }
    assert!(JobDocument::read(b"").is_ok(), "nothing states nothing");
}

#[test]
fn a_name_in_the_body_is_seen() {
    let states = |body: &str| JobDocument::read(body.as_bytes()).expect(body).states_a_name();
    assert!(states(r#"{"name":"a"}"#));
    assert!(!states(r#"{"name":""}"#));
    assert!(!states("{}"));
}

#[test]
fn data_pass_through_floats_and_come_back_sorted() {
    let data = |data: &str| read(&format!(r#"{{"data":{data}}}"#)).callback_body();
    assert_eq!(data(r#"{"b":1,"a":{"@type":"x"}}"#), r#"{"a":{"@type":"x"},"b":1}"#);
    assert_eq!(data("9007199254740993"), "9007199254740992");
    assert_eq!(data("[1.5,-2,true,\"ü\"]"), "[1.5,-2,true,\"ü\"]");
    assert_eq!(data("null"), "null");
    assert_eq!(read("{}").callback_body(), "");
}

#[test]
fn a_job_is_shown_as_it_was_stated() {
    let mut job = read(r#"{"dueTime":"10s","overwrite":true,"data":123}"#);
    job.failure_policy = Some(FailurePolicy::Drop);
    let answer = job.to_answer();
    assert_eq!(answer.headers()["content-type"], "application/json");
    let shown: Value = serde_json::from_slice(answer.body()).expect("JSON");
    let kind = "type.googleapis.com/google.protobuf.Value";
    let expected = json!({
        "name": "r",
        "dueTime": "10s",
        "data": {"@type": kind, "value": 123},
        "failurePolicy": {"drop": {}},
    });
    assert_eq!(shown, expected);
}
