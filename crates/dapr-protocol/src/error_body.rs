//! Error bodies of the Dapr API: the plain shape `{errorCode, message}` and the rich one with
//! `details`. Knows the shapes and the codes of the areas this crate covers, not when they occur.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::headers::JSON;

/// No router matched: the call fell through to service invocation, which found no app id. This is
/// what a sidecar says to a path it does not serve.
pub const DIRECT_INVOKE: &str = "ERR_DIRECT_INVOKE";
pub const PUBSUB_NOT_FOUND: &str = "ERR_PUBSUB_NOT_FOUND";
pub const HEALTH_NOT_READY: &str = "ERR_HEALTH_NOT_READY";
pub const OUTBOUND_HEALTH_NOT_READY: &str = "ERR_OUTBOUND_HEALTH_NOT_READY";
pub const HEALTH_APPID_NOT_MATCH: &str = "ERR_HEALTH_APPID_NOT_MATCH";
pub const MALFORMED_REQUEST: &str = "ERR_MALFORMED_REQUEST";
pub const BODY_READ: &str = "ERR_BODY_READ";

/// An error as the sidecar words it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ErrorBody {
    #[serde(rename = "errorCode")]
    pub error_code: String,
    pub message: String,
    /// Empty in the plain shape.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Value>,
}

/// The sidecar's "no", as a caller wants to log it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    /// `ERR_…`, or empty when the answer was not Dapr's.
    pub code: String,
    pub message: String,
}

impl ErrorBody {
    pub fn plain(error_code: &str, message: impl Into<String>) -> Self {
        Self { error_code: error_code.to_owned(), message: message.into(), details: Vec::new() }
    }

    /// The resource the error is about, described by the message. Stands before the reason.
    #[must_use]
    pub fn about(self, resource_type: &str, resource_name: &str) -> Self {
        let description = self.message.clone();
        self.about_resource(resource_type, resource_name, &description)
    }

    /// The same with a description of its own, which some areas leave empty.
    #[must_use]
    pub fn about_resource(mut self, kind: &str, name: &str, description: &str) -> Self {
        self.details.push(json!({
            "@type": "type.googleapis.com/google.rpc.ResourceInfo",
            "resource_type": kind,
            "resource_name": name,
            "owner": "",
            "description": description,
        }));
        self
    }

    /// What is wrong with one field of the request. Stands before the resource.
    #[must_use]
    pub fn with_field_violation(mut self, field: &str, description: &str) -> Self {
        self.details.push(json!({
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "field_violations": [{"field": field, "description": description}],
        }));
        self
    }

    /// The machine-readable reason. `metadata` is an object or null.
    #[must_use]
    pub fn because(mut self, reason: &str, metadata: Value) -> Self {
        self.details.push(json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": reason,
            "domain": "dapr.io",
            "metadata": metadata,
        }));
        self
    }

    pub fn to_http(&self, status: StatusCode) -> Response<Bytes> {
        json_response(status, self)
    }

    /// The error in an answer's body, when it is one of Dapr's.
    pub fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }
}

impl Refusal {
    pub fn read(response: &Response<Bytes>) -> Self {
        /// Enough of a foreign error page to recognise it in a log line.
        const EXCERPT_CHARS: usize = 200;
        let status = response.status().as_u16();
        match ErrorBody::read(response.body()) {
            Some(body) => Self { status, code: body.error_code, message: body.message },
            None => Self {
                status,
                code: String::new(),
                message: String::from_utf8_lossy(response.body())
                    .trim()
                    .chars()
                    .take(EXCERPT_CHARS)
                    .collect(),
            },
        }
    }
}

/// A JSON answer. Dapr states no charset.
pub(crate) fn json_response(status: StatusCode, body: &impl Serialize) -> Response<Bytes> {
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    let mut response = Response::new(Bytes::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static(JSON));
    response
}

/// The answer of a success that has nothing to say.
/// Reads a JSON object. Serde alone would also take an array, for the fields in their order.
pub fn read_object<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, serde_json::Error> {
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(serde::de::Error::custom("an array stands where an object should"));
    }
    serde_json::from_slice(body)
}

pub fn no_content() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Go's decoder takes `null` for an absent field.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
