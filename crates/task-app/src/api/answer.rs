//! Answers: JSON bodies, tasks with their ETag, and the ones given before.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use task_contracts::types::Task as WireTask;
use task_domain::TaskNumber;
use task_store::change_set::{IdempotencyKey, IdempotencyRecord, StoredAnswer};

use crate::{Problem, Response};

/// What a write on one task answers with, before the commit may assign its number.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TaskAnswer {
    pub(crate) status: StatusCode,
    /// `None` where there is nothing left to show (204).
    pub(crate) task: Option<WireTask>,
}

impl TaskAnswer {
    pub(crate) fn deleted() -> Self {
        TaskAnswer { status: StatusCode::NO_CONTENT, task: None }
    }

    pub(crate) fn with_number(mut self, number: Option<TaskNumber>) -> Self {
        if let (Some(task), Some(number)) = (&mut self.task, number) {
            task.id = number.0;
        }
        self
    }

    /// What a repetition of this request will be answered with.
    pub(crate) fn record(&self, key: IdempotencyKey) -> IdempotencyRecord {
        let body = self.task.as_ref().and_then(|task| serde_json::to_string(task).ok());
        IdempotencyRecord { key, status: self.status.as_u16(), body }
    }

    /// The first answer to a request that came again; another body under its key is a fault.
    pub(crate) fn replay(stored: StoredAnswer, key: &IdempotencyKey) -> Result<Self, Problem> {
        if stored.body_hash != key.body_hash {
            return Err(Problem::key_reused());
        }
        let task = stored.body.as_deref().and_then(|body| serde_json::from_str(body).ok());
        let status = StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK);
        Ok(TaskAnswer { status, task }.with_number(stored.number))
    }

    pub(crate) fn into_response(self) -> Response {
        let Some(task) = self.task else { return empty(self.status) };
        let mut response = json(self.status, &task);
        let headers = response.headers_mut();
        if let Ok(etag) = HeaderValue::from_str(&format!("\"{}\"", task.version)) {
            headers.insert(header::ETAG, etag);
        }
        if self.status == StatusCode::CREATED
            && let Ok(location) = HeaderValue::from_str(&format!("/api/me/tasks/{}", task.id))
        {
            headers.insert(header::LOCATION, location);
        }
        response
    }
}

pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_string(body) {
        Ok(text) => json_text(status, text),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            empty(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

pub(crate) fn json_text(status: StatusCode, body: String) -> Response {
    with_type(status, "application/json", body)
}

pub(crate) fn with_type(status: StatusCode, content_type: &'static str, body: String) -> Response {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    // Answers are a user's own data: no cache between them and us may keep them.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}
