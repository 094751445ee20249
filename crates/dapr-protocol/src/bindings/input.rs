//! Input bindings: the start-up probe and the trigger call. Knows no binding in particular.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};

use crate::delivery::{RouteError, route_uri};
use crate::headers::{API_TOKEN, JSON, add_metadata};

/// Whether the app wants a binding's events, by its answer to the probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProbeAnswer {
    Subscribed,
    NotSubscribed,
}

impl ProbeAnswer {
    /// 2xx and 405 (the route exists, it just takes no OPTIONS) subscribe.
    pub fn read(response: &Response<Bytes>) -> Self {
        let status = response.status();
        if status.is_success() || status == StatusCode::METHOD_NOT_ALLOWED {
            Self::Subscribed
        } else {
            Self::NotSubscribed
        }
    }
}

/// `OPTIONS <route>`: sent once at start for every binding whose direction is not stated.
pub fn probe_request(route: &str, app_token: Option<&str>) -> Result<Request<Bytes>, RouteError> {
    call(Method::OPTIONS, route, app_token, Bytes::new())
}

/// `POST <route>`: one event of the binding. Its metadata becomes headers.
pub fn trigger_request(
    route: &str,
    data: Bytes,
    metadata: &[(String, String)],
    app_token: Option<&str>,
) -> Result<Request<Bytes>, RouteError> {
    let mut request = call(Method::POST, route, app_token, data)?;
    add_metadata(request.headers_mut(), metadata);
    Ok(request)
}

fn call(
    method: Method,
    route: &str,
    app_token: Option<&str>,
    data: Bytes,
) -> Result<Request<Bytes>, RouteError> {
    let length = data.len();
    let mut request = Request::new(data);
    *request.method_mut() = method;
    *request.uri_mut() = route_uri(route)?;
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    if let Some(Ok(token)) = app_token.map(HeaderValue::from_str) {
        headers.insert(HeaderName::from_static(API_TOKEN), token);
    }
    Ok(request)
}
