//! How the sidecar says no to a call about a job.

use dapr_protocol::ErrorBody;
use dapr_protocol::jobs::{JobRefusal, JobRefusalReason, ScheduleOutcome};
use serde_json::json;

fn refusal(reason: JobRefusalReason) -> http::Response<bytes::Bytes> {
    JobRefusal { app_id: "app".to_owned(), namespace: "default".to_owned(), reason }.to_http()
}

fn check(reason: JobRefusalReason, status: u16, code: &str, message: &str) {
    let response = refusal(reason);
    let body = ErrorBody::read(response.body()).expect("an error");
    let seen = (response.status().as_u16(), body.error_code.as_str(), body.message.as_str());
    assert_eq!(seen, (status, code, message));
}

fn owned(text: &str) -> String {
    text.to_owned()
}

#[test]
fn each_reason_has_its_status_and_code() {
    use JobRefusalReason as Reason;
    check(Reason::NameEmpty, 400, "DAPR_SCHEDULER_JOB_NAME_EMPTY", "Name is empty");
    check(Reason::ScheduleEmpty, 400, "DAPR_SCHEDULER_SCHEDULE_EMPTY", "Schedule is empty");
    let twice = "Set the job name in the url only";
    check(Reason::NameInBody, 400, "DAPR_SCHEDULER_JOB_NAME", twice);
    let malformed = Reason::Malformed { error: owned("EOF") };
    check(malformed, 400, "ERR_MALFORMED_REQUEST", "failed deserializing HTTP body: EOF");
    let long = "failed to read request body: stream too large";
    check(Reason::BodyTooLarge, 400, "ERR_BODY_READ", long);
    check(
        Reason::NotScheduled { error: owned("bad cron") },
        500,
        "DAPR_SCHEDULER_SCHEDULE_JOB",
        "failed to schedule job due to: rpc error: code = Unknown desc = bad cron",
    );
    check(
        Reason::NotFound { name: owned("r") },
        500,
        "DAPR_SCHEDULER_GET_JOB",
        "failed to get job due to: rpc error: code = NotFound desc = job not found: r",
    );
    check(
        Reason::NotDeleted { error: owned("disk") },
        500,
        "DAPR_SCHEDULER_DELETE_JOB",
        "failed to delete job due to: rpc error: code = Unknown desc = disk",
    );
}

#[test]
fn a_taken_name_is_a_conflict_with_details() {
    let response = refusal(JobRefusalReason::Exists { name: owned("r") });
    assert_eq!(ScheduleOutcome::read(&response), ScheduleOutcome::Exists);
    let body: serde_json::Value = serde_json::from_slice(response.body()).expect("JSON");
    let expected = json!([{
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "DAPR_SCHEDULER_SCHEDULE_JOB",
        "domain": "dapr.io",
        "metadata": {"appID": "app", "namespace": "default"},
    }]);
    assert_eq!(body["details"], expected);
    let taken = "rpc error: code = AlreadyExists desc = job already exists: 'r'";
    assert_eq!(body["message"], format!("failed to schedule job due to: {taken}"));
}
