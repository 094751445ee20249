//! `POST /v1.0/jobs/{name}`: 204 once the scheduler keeps the job.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::{JobsApi, is_unserved};
use crate::endpoint::{DaprEndpoint, RequestError};
use crate::error_body::Refusal;
use crate::headers::JSON;

/// A job: what to call the app with, and when. It states `schedule`, `due_time` or both.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScheduleJob {
    /// Unique within the app, and the only thing the call back is known by.
    pub name: String,
    /// Six fields with seconds, `@every 1m`, `@daily`… Without it the job fires once.
    pub schedule: Option<String>,
    /// When it fires first: RFC 3339, or a Go or ISO 8601 duration from now.
    pub due_time: Option<String>,
    /// How often it fires in all.
    pub repeats: Option<u32>,
    /// When a schedule ends, as `due_time` is written; counted from there.
    pub ttl: Option<String>,
    /// Without it a name that is taken is [`ScheduleOutcome::Exists`].
    pub overwrite: bool,
    /// The body of the call back. Numbers pass through a 64-bit float on the way.
    pub data: Option<Value>,
    /// Without one a job is tried four times within three seconds, and is then lost.
    pub failure_policy: Option<FailurePolicy>,
}

/// What happens when the app fails a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailurePolicy {
    /// Nothing.
    Drop,
    /// It comes again. An interval of zero comes again at once, so state one.
    Constant {
        interval: Duration,
        /// `None` for no end.
        max_retries: Option<u32>,
    },
}

/// How scheduling ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScheduleOutcome {
    Scheduled,
    /// There is a job of this name, and it stays as it is.
    Exists,
    /// This sidecar does not know the call: try an older form of the API.
    NoJobsApi,
    Refused(Refusal),
}

impl ScheduleJob {
    /// The request in one form of the API; they differ in nothing but the path.
    pub fn to_http(
        &self,
        dapr: &DaprEndpoint,
        api: JobsApi,
    ) -> Result<Request<Bytes>, RequestError> {
        let body = Value::Object(self.body()).to_string();
        dapr.with_body(Method::POST, &api.path(&self.name), JSON, body.into())
    }

    /// The fields that are set. The name is not among them: Dapr takes it from the path alone.
    pub(super) fn body(&self) -> Map<String, Value> {
        let text = |text: &Option<String>| text.clone().map(Value::String);
        let fields = [
            ("schedule", text(&self.schedule)),
            ("dueTime", text(&self.due_time)),
            ("repeats", self.repeats.map(Value::from)),
            ("ttl", text(&self.ttl)),
            ("overwrite", self.overwrite.then_some(Value::Bool(true))),
            ("data", self.data.clone()),
            ("failurePolicy", self.failure_policy.map(FailurePolicy::to_json)),
        ];
        let set = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        set.collect()
    }
}

impl FailurePolicy {
    pub(super) fn to_json(self) -> Value {
        match self {
            Self::Drop => json!({"drop": {}}),
            Self::Constant { interval, max_retries } => {
                let mut constant = json!({"interval": seconds(interval)});
                if let Some(max_retries) = max_retries {
                    constant["maxRetries"] = max_retries.into();
                }
                json!({"constant": constant})
            }
        }
    }
}

impl ScheduleOutcome {
    pub fn read(response: &Response<Bytes>) -> Self {
        if response.status().is_success() {
            return Self::Scheduled;
        }
        if response.status() == StatusCode::CONFLICT {
            return Self::Exists;
        }
        let refusal = Refusal::read(response);
        if is_unserved(response, &refusal) { Self::NoJobsApi } else { Self::Refused(refusal) }
    }
}

/// A duration as protobuf writes it: seconds and nothing else, with a fraction where needed.
fn seconds(duration: Duration) -> String {
    match duration.subsec_nanos() {
        0 => format!("{}s", duration.as_secs()),
        nanos => {
            let text = format!("{}.{nanos:09}", duration.as_secs());
            format!("{}s", text.trim_end_matches('0'))
        }
    }
}
