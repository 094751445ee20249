//! A sidecar in a few lines: it takes what it is told to take, and remembers what it was sent.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use task_app::ports::OutboundError;

/// How it meets whoever publishes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Well,
    /// Nobody listens at its address.
    Gone,
    /// It takes the connection and never answers.
    Hanging,
    /// Its broker fails.
    Failing,
}

#[derive(Debug, Default)]
pub(crate) struct Sidecar {
    pub(crate) mood: Cell<Mood>,
    /// Whether it knows the bulk calls.
    pub(crate) is_old: Cell<bool>,
    /// A bulk of more than this is refused as a whole.
    pub(crate) bulk_max: Cell<Option<usize>>,
    /// How long an answer takes.
    pub(crate) latency: Cell<TimeDelta>,
    /// Sequence numbers that the broker does not want on `task-events`.
    pub(crate) unwanted: RefCell<BTreeSet<u64>>,
    /// Every request, and when it came.
    pub(crate) requests: RefCell<Vec<(DateTime<Utc>, String)>>,
    /// The names of the jobs that its scheduler holds.
    pub(crate) jobs: RefCell<BTreeSet<String>>,
    /// What stands on the topics, in its order.
    pub(crate) published: RefCell<Vec<(String, Value)>>,
}

impl Sidecar {
    /// How long it took, and what came of it.
    pub(crate) fn take(
        &self,
        now: DateTime<Utc>,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> (TimeDelta, Result<http::Response<Bytes>, OutboundError>) {
        let path = request.uri().path().to_owned();
        self.requests.borrow_mut().push((now, path.clone()));
        let latency = self.latency.get();
        let timed_out = TimeDelta::from_std(timeout).expect("a short timeout");
        match self.mood.get() {
            Mood::Well if latency < timed_out => (latency, Ok(self.answer(&request))),
            Mood::Well | Mood::Hanging => (timed_out, Err(OutboundError::TimedOut(timeout))),
            Mood::Gone => (latency, Err(OutboundError::Unreachable("refused".to_owned()))),
            Mood::Failing => (latency, Ok(refusal(StatusCode::INTERNAL_SERVER_ERROR))),
        }
    }

    fn answer(&self, request: &http::Request<Bytes>) -> http::Response<Bytes> {
        let path = request.uri().path();
        if path.contains("/publish/") {
            return self.publish(path, request.body());
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        match *request.method() {
            Method::DELETE => self.jobs.borrow_mut().remove(name),
            _ => self.jobs.borrow_mut().insert(name.to_owned()),
        };
        answer(StatusCode::NO_CONTENT, Value::Null)
    }

    fn publish(&self, path: &str, body: &Bytes) -> http::Response<Bytes> {
        let body: Value = serde_json::from_slice(body).expect("JSON");
        let topic = path.rsplit('/').next().unwrap_or_default();
        if !path.contains("/publish/bulk/") {
            return match self.accept(topic, &body) {
                true => answer(StatusCode::NO_CONTENT, Value::Null),
                false => refusal(StatusCode::BAD_REQUEST),
            };
        }
        if self.is_old.get() {
            let body = json!({"errorCode": "ERR_DIRECT_INVOKE", "message": "no such call"});
            return answer(StatusCode::NOT_FOUND, body);
        }
        let entries = body.as_array().expect("entries");
        if self.bulk_max.get().is_some_and(|most| entries.len() > most) {
            return refusal(StatusCode::PAYLOAD_TOO_LARGE);
        }
        let refused = entries.iter().filter(|entry| !self.accept(topic, &entry["event"]));
        let failed: Vec<Value> = refused
            .map(|entry| json!({"entryId": entry["entryId"], "error": "unwanted"}))
            .collect();
        match failed.as_slice() {
            [] => answer(StatusCode::NO_CONTENT, Value::Null),
            failed => answer(StatusCode::INTERNAL_SERVER_ERROR, json!({"failedEntries": failed})),
        }
    }

    fn accept(&self, topic: &str, event: &Value) -> bool {
        let seq = event["data"]["sequence"].as_u64().unwrap_or_default();
        if self.unwanted.borrow().contains(&seq) {
            return false;
        }
        self.published.borrow_mut().push((topic.to_owned(), event.clone()));
        true
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.borrow().len()
    }

    /// The sequence numbers on `task-events`, in the order of publication.
    pub(crate) fn sequences(&self) -> Vec<u64> {
        let published = self.published.borrow();
        let changes = published.iter().filter(|(topic, _)| topic == "task-events");
        changes.filter_map(|(_, event)| event["data"]["sequence"].as_u64()).collect()
    }

    /// An event of this type, as a broker delivers it.
    pub(crate) fn event(&self, event_type: &str) -> Value {
        let published = self.published.borrow();
        let found = published.iter().find(|(_, event)| event["type"] == event_type);
        found.unwrap_or_else(|| panic!("no {event_type} was published")).1.clone()
    }
}

fn answer(status: StatusCode, body: Value) -> http::Response<Bytes> {
    let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    http::Response::builder().status(status).body(body).expect("an answer")
}

fn refusal(status: StatusCode) -> http::Response<Bytes> {
    answer(status, json!({"errorCode": "ERR_PUBSUB_PUBLISH_MESSAGE", "message": "no"}))
}
