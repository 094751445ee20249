//! Outbound HTTP. The SDK's own `send` passes no timeouts, and the host's default is ten minutes.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures::future::{Either, select};
use futures::{SinkExt, TryStreamExt};
use http::uri::Scheme as UriScheme;
use spin_sdk::http::{Fields, IncomingResponse, Method, OutgoingRequest, Scheme};
use spin_sdk::wit::wasi::http0_2_0::outgoing_handler;
use spin_sdk::wit::wasi::http0_2_0::types::{ErrorCode, FutureIncomingResponse, RequestOptions};
use task_app::limits::ANSWER_BYTES_MAX;
use task_app::ports::OutboundError;

use crate::timer::{Registration, sleep};

/// Sends a request and collects the answer, all within `timeout`.
pub(crate) async fn send(
    request: http::Request<Bytes>,
    timeout: Duration,
) -> Result<http::Response<Bytes>, OutboundError> {
    let authority = request.uri().authority().map(ToString::to_string).unwrap_or_default();
    let exchange = std::pin::pin!(exchange(request, timeout));
    let deadline = std::pin::pin!(sleep(timeout));
    match select(exchange, deadline).await {
        Either::Left((answer, _)) => answer.map_err(|error| match error {
            ErrorCode::HttpRequestDenied => OutboundError::Denied(authority),
            other => OutboundError::Unreachable(format!("{authority}: {other}")),
        }),
        Either::Right(((), _)) => Err(OutboundError::TimedOut(timeout)),
    }
}

async fn exchange(
    request: http::Request<Bytes>,
    timeout: Duration,
) -> Result<http::Response<Bytes>, ErrorCode> {
    let (outgoing, body) = outgoing(request)?;
    let mut sink = outgoing.take_body();
    let pending = outgoing_handler::handle(outgoing, Some(options(timeout)))?;
    // A host that denies the request closes the body at once; the cause comes with the response.
    let _ = sink.send(body.to_vec()).await;
    drop(sink);
    let response = answer(pending).await?;
    let mut head = http::Response::builder().status(response.status());
    for (name, value) in response.headers().entries() {
        head = head.header(name, value);
    }
    let mut collected = Vec::new();
    let mut stream = response.take_body_stream();
    while collected.len() < ANSWER_BYTES_MAX
        && let Some(chunk) = stream.try_next().await.map_err(|error| internal(&error))?
    {
        collected.extend_from_slice(&chunk);
    }
    head.body(Bytes::from(collected)).map_err(|error| internal(&error))
}

fn outgoing(request: http::Request<Bytes>) -> Result<(OutgoingRequest, Bytes), ErrorCode> {
    let (parts, body) = request.into_parts();
    let headers: Vec<(String, Vec<u8>)> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect();
    let fields = Fields::from_list(&headers).map_err(|error| internal(&error))?;
    let outgoing = OutgoingRequest::new(fields);
    let refused = |()| ErrorCode::HttpRequestUriInvalid;
    outgoing.set_method(&method(&parts.method)).map_err(refused)?;
    let scheme = match parts.uri.scheme() {
        Some(scheme) if *scheme == UriScheme::HTTPS => Scheme::Https,
        _ => Scheme::Http,
    };
    outgoing.set_scheme(Some(&scheme)).map_err(refused)?;
    let authority = parts.uri.authority().map(http::uri::Authority::as_str);
    outgoing.set_authority(authority).map_err(refused)?;
    let path = parts.uri.path_and_query().map(http::uri::PathAndQuery::as_str);
    outgoing.set_path_with_query(path).map_err(refused)?;
    Ok((outgoing, body))
}

fn method(method: &http::Method) -> Method {
    match *method {
        http::Method::GET => Method::Get,
        http::Method::POST => Method::Post,
        http::Method::PUT => Method::Put,
        http::Method::DELETE => Method::Delete,
        http::Method::PATCH => Method::Patch,
        http::Method::HEAD => Method::Head,
        _ => Method::Other(method.as_str().to_owned()),
    }
}

/// The parts of an exchange have the same bound as the whole; the host then closes the connection.
fn options(timeout: Duration) -> RequestOptions {
    let options = RequestOptions::new();
    let nanoseconds = u64::try_from(timeout.as_nanos()).ok();
    // A host that does not know one of them leaves the overall deadline to end the wait.
    let _ = options.set_connect_timeout(nanoseconds);
    let _ = options.set_first_byte_timeout(nanoseconds);
    let _ = options.set_between_bytes_timeout(nanoseconds);
    options
}

async fn answer(pending: FutureIncomingResponse) -> Result<IncomingResponse, ErrorCode> {
    let mut registration = Registration::default();
    poll_fn(|context| match pending.get() {
        Some(answer) => Poll::Ready(answer.unwrap_or(Err(ErrorCode::InternalError(None)))),
        None => registration.wait(pending.subscribe(), context),
    })
    .await
}

fn internal(error: &impl std::fmt::Debug) -> ErrorCode {
    ErrorCode::InternalError(Some(format!("{error:?}")))
}
