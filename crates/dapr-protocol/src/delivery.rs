//! Delivery of an event to the app, and how the app's answer is read.
//!
//! Knows both ends of the call. It must not know retries or dead letters: those are the broker's.

mod bulk;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use serde_json::Value;

use crate::error_body::json_response;
use crate::headers::{
    API_TOKEN, CLOUD_EVENT_JSON, EMPTY_TRACEPARENT, PUBSUB_NAME, TRACEPARENT, TRACESTATE,
    add_metadata,
};

pub use bulk::{BulkDelivery, BulkDeliveryEntry};

/// What an app says about an event it was handed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppResponseStatus {
    /// Done, or nothing to do.
    Success,
    /// A transient fault: bring it again.
    Retry,
    /// Certain poison: to the dead-letter topic at once, or away where there is none.
    Drop,
}

/// How the sidecar understands an app's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryAnswer {
    Ack,
    /// `status` is set when the app answered with an error status. Only those pass through a
    /// retry policy's status matching; an explicit RETRY always retries.
    Retry {
        status: Option<u16>,
        reason: String,
    },
    Drop {
        reason: String,
    },
}

/// One event on its way to the app.
#[derive(Clone, Debug)]
pub struct DeliveryRequest<'a> {
    pub path: &'a str,
    pub pubsub: &'a str,
    /// The CloudEvent exactly as the broker stores it.
    pub envelope: Bytes,
    /// The broker's metadata; each entry becomes a header.
    pub metadata: &'a [(String, String)],
    pub traceparent: Option<&'a str>,
    pub tracestate: Option<&'a str>,
    pub app_token: Option<&'a str>,
}

/// The path in a subscription is not one that can be called.
#[derive(Debug, thiserror::Error)]
#[error("the route {path:?} is not a valid path")]
pub struct RouteError {
    pub path: String,
}

impl AppResponseStatus {
    fn word(self) -> &'static str {
        match self {
            Self::Success => "SUCCESS",
            Self::Retry => "RETRY",
            Self::Drop => "DROP",
        }
    }

    /// The app's answer. Always 200: a 404 would drop the event and any other error status would
    /// retry it.
    pub fn to_http(self) -> Response<Bytes> {
        json_response(StatusCode::OK, &serde_json::json!({"status": self.word()}))
    }
}

impl DeliveryAnswer {
    /// Any 2xx is an acknowledgement unless its body names another status; a body that is empty
    /// or no JSON object names none. 404 drops. Everything else, redirects included, retries.
    pub fn read(response: &Response<Bytes>) -> Self {
        let status = response.status();
        if status.is_success() {
            return Self::read_named_status(response.body());
        }
        if status == StatusCode::NOT_FOUND {
            return Self::Drop { reason: "the app answered 404".to_owned() };
        }
        let reason = format!("the app answered {}", status.as_u16());
        Self::Retry { status: Some(status.as_u16()), reason }
    }

    fn read_named_status(body: &[u8]) -> Self {
        // Only the first JSON value of the body counts, and field names match in any case.
        let first = serde_json::Deserializer::from_slice(body).into_iter::<Value>().next();
        let Some(Ok(Value::Object(fields))) = first else { return Self::Ack };
        let named = fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("status"));
        match named.and_then(|(_, status)| status.as_str()) {
            None | Some("" | "SUCCESS") => Self::Ack,
            Some("DROP") => Self::Drop { reason: "the app answered DROP".to_owned() },
            Some(status) => {
                Self::Retry { status: None, reason: format!("the app answered {status}") }
            }
        }
    }
}

impl DeliveryRequest<'_> {
    /// The call to the app.
    pub fn to_http(&self) -> Result<Request<Bytes>, RouteError> {
        let mut request = Request::new(self.envelope.clone());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = route_uri(self.path)?;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(CLOUD_EVENT_JSON));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(self.envelope.len()));
        let traceparent = self.traceparent.unwrap_or(EMPTY_TRACEPARENT);
        let own = [
            (PUBSUB_NAME, Some(self.pubsub)),
            (TRACEPARENT, Some(traceparent)),
            (TRACESTATE, self.tracestate),
            (API_TOKEN, self.app_token),
        ];
        for (name, value) in own {
            if let Some(Ok(value)) = value.map(HeaderValue::from_str) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        add_metadata(headers, self.metadata);
        Ok(request)
    }
}

/// A route of the app as a request target. A missing leading slash is supplied.
pub fn route_uri(path: &str) -> Result<Uri, RouteError> {
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{slash}{path}").parse().map_err(|_| RouteError { path: path.to_owned() })
}
