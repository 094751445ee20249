//! Every way the sidecar says no to a call about a job. Knows the wording, not the reasons.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::error_body::{BODY_READ, ErrorBody, MALFORMED_REQUEST};

/// A call about a job that cannot be answered, and of which app it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRefusal {
    pub app_id: String,
    pub namespace: String,
    pub reason: JobRefusalReason,
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobRefusalReason {
    BodyTooLarge,
    Malformed {
        error: String,
    },
    /// The body states a name too.
    NameInBody,
    NameEmpty,
    /// Neither a schedule nor a due time is stated.
    ScheduleEmpty,
    Exists {
        name: String,
    },
    /// The scheduler does not take it: a bad name, schedule, time or policy, or no storage.
    NotScheduled {
        error: String,
    },
    /// There is no such job, or it cannot be read. Dapr tells them apart in the text alone.
    NotFound {
        name: String,
    },
    NotRead {
        error: String,
    },
    NotDeleted {
        error: String,
    },
}

const SCHEDULE_JOB: &str = "DAPR_SCHEDULER_SCHEDULE_JOB";
const GET_JOB: &str = "DAPR_SCHEDULER_GET_JOB";

impl JobRefusal {
    pub fn to_http(&self) -> Response<Bytes> {
        let failed = StatusCode::INTERNAL_SERVER_ERROR;
        match &self.reason {
            JobRefusalReason::BodyTooLarge => plain(BODY_READ, "stream too large"),
            JobRefusalReason::Malformed { error } => plain(MALFORMED_REQUEST, error),
            JobRefusalReason::NameInBody => {
                let message = "Set the job name in the url only".to_owned();
                self.rich(StatusCode::BAD_REQUEST, "DAPR_SCHEDULER_JOB_NAME", message)
            }
            JobRefusalReason::NameEmpty => {
                let message = "Name is empty".to_owned();
                self.rich(StatusCode::BAD_REQUEST, "DAPR_SCHEDULER_JOB_NAME_EMPTY", message)
            }
            JobRefusalReason::ScheduleEmpty => {
                let message = "Schedule is empty".to_owned();
                self.rich(StatusCode::BAD_REQUEST, "DAPR_SCHEDULER_SCHEDULE_EMPTY", message)
            }
            JobRefusalReason::Exists { name } => {
                let reason = rpc("AlreadyExists", &format!("job already exists: '{name}'"));
                let message = format!("failed to schedule job due to: {reason}");
                self.rich(StatusCode::CONFLICT, SCHEDULE_JOB, message)
            }
            JobRefusalReason::NotScheduled { error } => {
                let message = format!("failed to schedule job due to: {}", rpc("Unknown", error));
                self.rich(failed, SCHEDULE_JOB, message)
            }
            JobRefusalReason::NotFound { name } => {
                let reason = rpc("NotFound", &format!("job not found: {name}"));
                self.rich(failed, GET_JOB, format!("failed to get job due to: {reason}"))
            }
            JobRefusalReason::NotRead { error } => {
                let message = format!("failed to get job due to: {}", rpc("Unknown", error));
                self.rich(failed, GET_JOB, message)
            }
            JobRefusalReason::NotDeleted { error } => {
                let message = format!("failed to delete job due to: {}", rpc("Unknown", error));
                self.rich(failed, "DAPR_SCHEDULER_DELETE_JOB", message)
            }
        }
    }

    fn rich(&self, status: StatusCode, code: &str, message: String) -> Response<Bytes> {
        ErrorBody::plain(code, message).because(code, self.metadata()).to_http(status)
    }

    fn metadata(&self) -> Value {
        json!({"appID": self.app_id, "namespace": self.namespace})
    }
}

fn plain(code: &str, reason: &str) -> Response<Bytes> {
    let what = match code {
        BODY_READ => "failed to read request body",
        _ => "failed deserializing HTTP body",
    };
    ErrorBody::plain(code, format!("{what}: {reason}")).to_http(StatusCode::BAD_REQUEST)
}

/// The scheduler is asked over gRPC, and its errors are shown as they come.
fn rpc(code: &str, description: &str) -> String {
    format!("rpc error: code = {code} desc = {description}")
}
