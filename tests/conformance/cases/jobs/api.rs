//! The calls about jobs, and every way they are refused.

use serde_json::json;

use crate::engine::{Answer, Engine, Setup, Sidecar, post, request};

async fn started(engine: &Engine) -> Sidecar {
    engine.start_with(Setup::of_jobs(), &engine.content_app()).await
}

pub(crate) async fn a_job_is_shown_as_it_was_stated_with_the_policy_it_was_given(engine: &Engine) {
    let sidecar = started(engine).await;
    let stated = json!({"schedule": "@every 1m", "repeats": 3, "dueTime": "10s", "data": {"a": 1}});
    sidecar.schedule("r-1", stated).await;
    let answer = sidecar.call(request("GET", "/v1.0/jobs/r-1")).await;
    assert_eq!(answer.status(), 200);
    let shown = answer.json();
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

pub(crate) async fn the_older_form_of_the_path_is_the_same_store(engine: &Engine) {
    let sidecar = started(engine).await;
    let job = r#"{"dueTime":"1h","data":1}"#;
    let path = "/v1.0-alpha1/jobs/r-1";
    let scheduled = sidecar.call(post(path, "application/json", job)).await;
    assert_eq!(scheduled.status(), 204);
    assert_eq!(sidecar.call(request("GET", "/v1.0/jobs/r-1")).await.status(), 200);
    assert_eq!(sidecar.call(request("DELETE", path)).await.status(), 204);
    assert!(!sidecar.has_job("r-1").await);
}

pub(crate) async fn a_missing_job_is_a_500_to_read_and_a_204_to_delete(engine: &Engine) {
    let sidecar = started(engine).await;
    let missing = sidecar.call(request("GET", "/v1.0/jobs/none")).await;
    let (status, code, message) = missing.refusal();
    assert_eq!((status, code.as_str()), (500, "DAPR_SCHEDULER_GET_JOB"));
    assert!(message.starts_with("failed to get job due to: rpc error: code = NotFound"));
    assert_eq!(sidecar.call(request("DELETE", "/v1.0/jobs/none")).await.status(), 204);
}

pub(crate) async fn what_the_request_lacks_is_a_400(engine: &Engine) {
    let sidecar = started(engine).await;
    let cases = [
        ("a", "{}", "DAPR_SCHEDULER_SCHEDULE_EMPTY"),
        ("a", r#"{"name":"b","dueTime":"1s"}"#, "DAPR_SCHEDULER_JOB_NAME"),
        ("%20", r#"{"dueTime":"1s"}"#, "DAPR_SCHEDULER_JOB_NAME_EMPTY"),
        ("a", "", "DAPR_SCHEDULER_SCHEDULE_EMPTY"),
        ("a", "[]", "ERR_MALFORMED_REQUEST"),
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
        let (status, code, message) = sidecar.try_schedule(name, body).await.refusal();
        assert_eq!((status, code.as_str()), (400, expected), "{body}: {message}");
    }
    assert!(!sidecar.has_job("a").await);
}

pub(crate) async fn what_the_scheduler_refuses_is_a_500(engine: &Engine) {
    let sidecar = started(engine).await;
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
        let (status, code, message) = sidecar.try_schedule(name, body).await.refusal();
        assert_eq!((status, code.as_str()), (500, "DAPR_SCHEDULER_SCHEDULE_JOB"), "{body}");
        assert!(message.starts_with("failed to schedule job due to: "), "{message}");
    }
}

pub(crate) async fn a_body_over_the_limit_is_a_400(engine: &Engine) {
    let app = engine.content_app();
    let setup = Setup { max_body_bytes: Some(64), ..Setup::of_jobs() };
    let sidecar = engine.start_with(setup, &app).await;
    let body = json!({"dueTime": "1s", "data": "x".repeat(64)}).to_string();
    let (status, code, _) = sidecar.try_schedule("a", &body).await.refusal();
    assert_eq!((status, code.as_str()), (400, "ERR_BODY_READ"));
}

pub(crate) async fn there_is_no_list_and_no_put(engine: &Engine) {
    let sidecar = started(engine).await;
    for (method, path) in
        [("GET", "/v1.0/jobs"), ("PUT", "/v1.0/jobs/a"), ("PATCH", "/v1.0/jobs/a")]
    {
        let (status, code, _) = sidecar.call(request(method, path)).await.refusal();
        assert_eq!((status, code.as_str()), (404, "ERR_DIRECT_INVOKE"), "{method} {path}");
    }
}
