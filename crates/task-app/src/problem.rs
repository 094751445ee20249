//! Errors as their readers get them: RFC 9457 problem details. What went wrong inside is logged
//! where the problem is made, and never told to the client.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::{Serialize, Serializer};
use task_domain::{FieldError, TaskError};
use task_store::{DbError, StoreError};

use crate::Response;

/// An answer that says what is wrong and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    #[serde(rename = "type", serialize_with = "write_type")]
    code: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
    #[serde(skip)]
    retry_after_ms: Option<u64>,
    #[serde(skip)]
    allow: Option<&'static str>,
}

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldProblem {
    pub field: String,
    pub detail: String,
}

impl Problem {
    fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Problem {
            code,
            title,
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            retry_after_ms: None,
            allow: None,
        }
    }

    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "The request cannot be read", detail)
    }

    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in first", detail)
    }

    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "This belongs to somebody else", detail)
    }

    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "There is no such thing", detail)
    }

    pub fn method_not_allowed(allow: &'static str) -> Self {
        let detail = format!("this path answers to {allow}");
        let mut problem = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method-not-allowed",
            "Another method is needed",
            detail,
        );
        problem.allow = Some(allow);
        problem
    }

    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", "The state does not allow this", detail)
    }

    pub fn precondition_failed(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "precondition-failed",
            "It has changed since you read it",
            detail,
        )
    }

    pub fn cursor_too_old(seq: u64) -> Self {
        let detail = format!("read the tasks anew and continue with after={seq}");
        Self::new(StatusCode::GONE, "cursor-too-old", "Changes this old are not kept", detail)
    }

    pub fn body_too_large(limit_bytes: usize) -> Self {
        let detail = format!("the body may hold {limit_bytes} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large", detail)
    }

    pub fn too_many_records(limit: u64) -> Self {
        let detail =
            format!("a file may hold {limit} tasks; what came before stays, split the rest");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-many-records", "The file is too long", detail)
    }

    pub fn not_json(content_type: &str) -> Self {
        let detail = format!("send application/json, not {content_type}");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-json", "The body is not JSON", detail)
    }

    pub fn invalid(errors: Vec<FieldProblem>) -> Self {
        let fields: Vec<&str> = errors.iter().map(|e| e.field.as_str()).collect();
        let detail = format!("see errors for: {}", fields.join(", "));
        let mut problem = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "Some fields are not valid",
            detail,
        );
        problem.errors = errors;
        problem
    }

    pub fn invalid_field(field: impl Into<String>, detail: impl Into<String>) -> Self {
        FieldProblem::new(field, detail).into()
    }

    pub fn key_reused() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency-key-reused",
            "This Idempotency-Key was used for another body",
            "use a new key for a new request",
        )
    }

    pub fn too_many_requests(retry_after_ms: u64) -> Self {
        let mut problem = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many-requests",
            "Too many requests",
            format!("try again in {retry_after_ms} ms"),
        );
        problem.retry_after_ms = Some(retry_after_ms);
        problem
    }

    pub fn unavailable() -> Self {
        let mut problem = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "A part of the service is unavailable",
            "nothing was changed that you were not told of; try again",
        );
        problem.retry_after_ms = Some(1_000);
        problem
    }

    fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on our side",
            "the cause is in the service's log",
        )
    }

    pub fn status(&self) -> u16 {
        self.status
    }

    pub fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(ms) = self.retry_after_ms {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(ms.div_ceil(1_000)));
        }
        if let Some(allow) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(allow));
        }
        if self.status == StatusCode::UNAUTHORIZED.as_u16() {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The kind of problem as the URI that RFC 9457 asks for.
fn write_type<S: Serializer>(code: &str, out: S) -> Result<S::Ok, S::Error> {
    out.collect_str(&format_args!("urn:taskmaster:problem:{code}"))
}

impl FieldProblem {
    pub fn new(field: impl Into<String>, detail: impl Into<String>) -> Self {
        FieldProblem { field: field.into(), detail: detail.into() }
    }
}

impl From<FieldProblem> for Problem {
    fn from(fault: FieldProblem) -> Self {
        Problem::invalid(vec![fault])
    }
}

impl From<FieldError> for FieldProblem {
    fn from(error: FieldError) -> Self {
        FieldProblem { field: error.field.to_owned(), detail: error.to_string() }
    }
}

impl From<TaskError> for Problem {
    fn from(error: TaskError) -> Self {
        match error {
            TaskError::Invalid(faults) => {
                Problem::invalid(faults.into_iter().map(FieldProblem::from).collect())
            }
            TaskError::Completed => Problem::conflict(error.to_string()),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::BadCursor => Problem::invalid_field("cursor", error.to_string()),
            StoreError::Db(DbError::Unavailable(_) | DbError::Unanswered(_)) => {
                tracing::error!(%error, "the database did not answer");
                Problem::unavailable()
            }
            StoreError::Db(_) | StoreError::UnreadableRow(_) => {
                tracing::error!(%error, "the database refused a statement");
                Problem::internal()
            }
        }
    }
}
