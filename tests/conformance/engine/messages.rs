//! Requests to a sidecar, answers of an app, and how a case reads what it got.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

pub(crate) fn request(method: &str, path: &str) -> Request<Bytes> {
    Request::builder().method(method).uri(path).body(Bytes::new()).expect("a request")
}

pub(crate) fn post(path: &str, content_type: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    let mut builder = Request::builder().method("POST").uri(path);
    if !content_type.is_empty() {
        builder = builder.header("content-type", content_type);
    }
    builder.body(body.into()).expect("a request")
}

/// An empty answer.
pub(crate) fn status(code: u16) -> Response<Bytes> {
    Response::builder().status(code).body(Bytes::new()).expect("a status")
}

/// An answer of 200 with a body.
pub(crate) fn text(body: &'static str) -> Response<Bytes> {
    Response::new(Bytes::from_static(body.as_bytes()))
}

/// What a sidecar answered.
pub(crate) trait Answer {
    fn json(&self) -> Value;
    fn text_of(&self, header: &str) -> Option<&str>;
    /// Status, error code and message.
    fn refusal(&self) -> (u16, String, String);

    /// Status and error code.
    fn code(&self) -> (u16, String) {
        let (status, code, _) = self.refusal();
        (status, code)
    }
}

impl Answer for Response<Bytes> {
    fn json(&self) -> Value {
        serde_json::from_slice(self.body())
            .unwrap_or_else(|error| panic!("{error}: {:?}", self.body()))
    }

    fn text_of(&self, header: &str) -> Option<&str> {
        self.headers().get(header).map(|value| value.to_str().expect("text"))
    }

    fn refusal(&self) -> (u16, String, String) {
        let body: Value = serde_json::from_slice(self.body()).unwrap_or_default();
        let field = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        (self.status().as_u16(), field("errorCode"), field("message"))
    }
}
