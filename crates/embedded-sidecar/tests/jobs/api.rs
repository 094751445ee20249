//! The calls about jobs, and every way they are refused.

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use crate::support::{Fixture, StubApp, request, status};

async fn started() -> Fixture {
    Fixture::start("", &StubApp::new(json!([]), |_| status(200))).await
}

/// Status, error code and message of an answer.
fn seen(response: &Response<Bytes>) -> (u16, String, String) {
    let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
    (response.status().as_u16(), text("errorCode"), text("message"))
}

#[tokio::test(start_paused = true)]
async fn a_job_is_shown_as_it_was_stated_with_the_policy_it_was_given() {
    let fixture = started().await;
    let stated = json!({"schedule": "@every 1m", "repeats": 3, "dueTime": "10s", "data": {"a": 1}});
    fixture.schedule("r-1", stated).await;
    let answer = fixture.call(request("GET", "/v1.0/jobs/r-1")).await;
    assert_eq!(answer.status(), 200);
    let shown: Value = serde_json::from_slice(answer.body()).expect("JSON");
    let data = json!({"@type": "type.googleapis.com/google.protobuf.Value", "value": {"a": 1}});
    let expected = json!({
        "name": "r-1",
        "schedule": "@every 1m",
        "repeats": 3,
        "dueTime": "10s",
        "data": data,
        "failurePolicy": {"constant": {"interval": "1s", "maxRetries": 3}},
    });
    assert_eq!(shown, expected);
}

#[tokio::test(start_paused = true)]
async fn the_older_form_of_the_path_is_the_same_store() {
    let fixture = started().await;
    let job = r#"{"dueTime":"1h"}"#;
    let path = "/v1.0-alpha1/jobs/r-1";
    let scheduled = fixture.call(crate::support::post(path, "application/json", job)).await;
    assert_eq!(scheduled.status(), 204);
    assert_eq!(fixture.call(request("GET", "/v1.0/jobs/r-1")).await.status(), 200);
    assert_eq!(fixture.call(request("DELETE", path)).await.status(), 204);
    assert!(fixture.job_names().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_missing_job_is_a_500_to_read_and_a_204_to_delete() {
    let fixture = started().await;
    let missing = fixture.call(request("GET", "/v1.0/jobs/none")).await;
    let (status, code, message) = seen(&missing);
    assert_eq!((status, code.as_str()), (500, "DAPR_SCHEDULER_GET_JOB"));
    assert!(message.starts_with("failed to get job due to: rpc error: code = NotFound"));
    assert_eq!(fixture.call(request("DELETE", "/v1.0/jobs/none")).await.status(), 204);
}

#[tokio::test(start_paused = true)]
async fn what_the_request_lacks_is_a_400() {
    let fixture = started().await;
    let cases = [
        ("a", "{}", "DAPR_SCHEDULER_SCHEDULE_EMPTY"),
        ("a", r#"{"name":"b","dueTime":"1s"}"#, "DAPR_SCHEDULER_JOB_NAME"),
        ("%20", r#"{"dueTime":"1s"}"#, "DAPR_SCHEDULER_JOB_NAME_EMPTY"),
        ("a", "", "ERR_MALFORMED_REQUEST"),
        ("a", "[{}]", "ERR_MALFORMED_REQUEST"),
        ("a", r#"{"dueTime":1}"#, "ERR_MALFORMED_REQUEST"),
        ("a", r#"{"dueTime":"1s","repeats":-1}"#, "ERR_MALFORMED_REQUEST"),
        (
            "a",
            r#"{"dueTime":"1s","failurePolicy":{"constant":{"interval":"5m"}}}"#,
            "ERR_MALFORMED_REQUEST",
        ),
    ];
    for (name, body, expected) in cases {
        let (status, code, message) = seen(&fixture.try_schedule(name, body).await);
        assert_eq!((status, code.as_str()), (400, expected), "{body}: {message}");
    }
    assert!(fixture.job_names().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_the_scheduler_refuses_is_a_500() {
    let fixture = started().await;
    for (name, body) in [
        ("a", r#"{"schedule":"often"}"#),
        ("a", r#"{"schedule":"0 9 * * *"}"#),
        ("a", r#"{"schedule":"CRON_TZ=Mars/Olympus @daily"}"#),
        ("a", r#"{"dueTime":"tomorrow"}"#),
        ("a", r#"{"dueTime":"1s","ttl":"1h"}"#),
        ("a", r#"{"dueTime":"1s","repeats":2}"#),
        ("a%2Fb", r#"{"dueTime":"1s"}"#),
        ("a%23b", r#"{"dueTime":"1s"}"#),
    ] {
        let (status, code, message) = seen(&fixture.try_schedule(name, body).await);
        assert_eq!((status, code.as_str()), (500, "DAPR_SCHEDULER_SCHEDULE_JOB"), "{body}");
        assert!(message.starts_with("failed to schedule job due to: "), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_over_the_limit_is_a_400() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::configured("", &app, |config| config.max_body_bytes = 64).await;
    let body = json!({"dueTime": "1s", "data": "x".repeat(64)}).to_string();
    let (status, code, _) = seen(&fixture.try_schedule("a", &body).await);
    assert_eq!((status, code.as_str()), (400, "ERR_BODY_READ"));
}

#[tokio::test(start_paused = true)]
async fn there_is_no_list_and_no_put() {
    let fixture = started().await;
    for (method, path) in
        [("GET", "/v1.0/jobs"), ("PUT", "/v1.0/jobs/a"), ("PATCH", "/v1.0/jobs/a")]
    {
        let (status, code, _) = seen(&fixture.call(request(method, path)).await);
        assert_eq!((status, code.as_str()), (404, "ERR_DIRECT_INVOKE"), "{method} {path}");
    }
}
