//! `POST /job/{name}`: the call of the app when a job is due, and what its answer means.
//!
//! The body is the job's data and nothing else: no name, no time, no number of the attempt.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::delivery::{RouteError, route_uri};
use crate::headers::{API_TOKEN, JSON};

/// Dapr fixes this path; no setting changes it.
const PATH: &str = "/job/";
/// What a URL cannot hold as it is. Everything else goes out unescaped, `%` included, as Dapr
/// joins the name to the path: a name with a `%` in it comes back decoded.
const UNFIT: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// A job that has come due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobCallback {
    pub name: String,
    /// JSON; empty when the job has no data.
    pub data: Bytes,
}

/// What an app says about a job it was called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobResponseStatus {
    /// Done, or nothing to do.
    Success,
    /// The job's failure policy decides whether it comes again.
    Retry,
}

/// How the sidecar understands an app's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobAnswer {
    Done,
    /// 404: the app does not know the job. That uses the job up like a success.
    Unknown,
    Failed {
        reason: String,
    },
}

impl JobCallback {
    /// The job a request to the app is about; `None` for a request that is about none.
    pub fn read(request: &Request<Bytes>) -> Option<Self> {
        let name = request.uri().path().strip_prefix(PATH).filter(|name| !name.is_empty())?;
        let name = percent_decode_str(name).decode_utf8().ok()?.into_owned();
        Some(Self { name, data: request.body().clone() })
    }

    /// The call of the app.
    pub fn to_http(&self, app_token: Option<&str>) -> Result<Request<Bytes>, RouteError> {
        let mut request = Request::new(self.data.clone());
        *request.method_mut() = Method::POST;
        *request.uri_mut() =
            route_uri(&format!("{PATH}{}", utf8_percent_encode(&self.name, UNFIT)))?;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(self.data.len()));
        if let Some(Ok(token)) = app_token.map(HeaderValue::from_str) {
            headers.insert(HeaderName::from_static(API_TOKEN), token);
        }
        Ok(request)
    }
}

impl JobResponseStatus {
    /// The app's answer. Never a 404: that would use the job up.
    pub fn to_http(self) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = match self {
            Self::Success => StatusCode::OK,
            Self::Retry => StatusCode::SERVICE_UNAVAILABLE,
        };
        response
    }
}

impl JobAnswer {
    /// Only the status counts.
    pub fn read(response: &Response<Bytes>) -> Self {
        match response.status() {
            status if status.is_success() => Self::Done,
            StatusCode::NOT_FOUND => Self::Unknown,
            status => Self::Failed { reason: format!("the app answered {}", status.as_u16()) },
        }
    }
}
