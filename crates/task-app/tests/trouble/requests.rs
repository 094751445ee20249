//! Requests as tests write them down.

use bytes::Bytes;
use http::{Method, header};
use serde_json::Value;
use task_app::Request;

pub(crate) const PASSWORD: &str = "correct horse";

pub(crate) fn request(method: &str, path: &str, body: Bytes) -> Request {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    http::Request::builder().method(method).uri(path).body(body).expect("a request")
}

pub(crate) fn get(path: &str) -> Request {
    request("GET", path, Bytes::new())
}

pub(crate) fn post(path: &str, body: Value) -> Request {
    request("POST", path, Bytes::from(body.to_string()))
}

pub(crate) fn with_token(token: &str, mut request: Request) -> Request {
    let value = format!("Bearer {token}").parse().expect("a header");
    request.headers_mut().insert(header::AUTHORIZATION, value);
    request
}
