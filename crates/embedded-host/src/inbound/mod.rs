//! Inbound HTTP: from a request to the response of the component that owns its path.
//!
//! Sockets and callers in this process meet here; a component sees no difference.

mod prepare;
pub(crate) mod server;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Request, Response, StatusCode};
use http_body::Body;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use tokio::time::Instant;
use wasmtime_wasi_http::WasiBody;

use crate::admission::StreamPermit;
use crate::application::{Application, Component};
use crate::guest::{GuestFailure, GuestRun, ResponseHead};
use crate::host_calls::{HostCall, HostCallKind};
use crate::outbound::{CHAINING_SUFFIX, Outbound, TraceContext};
use crate::routing::{RouteMatch, WELL_KNOWN_PREFIX};

/// When a client may try again after all instances were taken.
const RETRY_AFTER_SECONDS: &str = "1";

/// The media type of responses that stay open.
const STREAM_TYPE: &str = "text/event-stream";

/// Who sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    Client(SocketAddr),
    /// Another component, for which Spin invents an address.
    Component,
    /// A service in this process.
    Process,
}

/// A response, and the host call that ends when the response has left the process.
pub(crate) struct Answer {
    pub(crate) response: Response<WasiBody>,
    pub(crate) head: Option<HostCall>,
}

type Answering = std::pin::Pin<Box<dyn Future<Output = Answer> + Send>>;

/// Answers a request by its path.
pub(crate) fn handle(
    app: Arc<Application>,
    mut request: Request<WasiBody>,
    caller: Caller,
) -> Answering {
    // Boxed here, since a component may call back into the application that is running it.
    Box::pin(async move {
        prepare::drop_chaining_host(&mut request);
        let path = request.uri().path().to_owned();
        if let Some(well_known) = path.strip_prefix(WELL_KNOWN_PREFIX) {
            return Answer::of_host(well_known_answer(&app, well_known));
        }
        let Some(matched) = app.router.route(&path) else {
            return Answer::of_host(plain(StatusCode::NOT_FOUND, ""));
        };
        let Some(component) = app.components.get(&matched.route.component).map(Arc::clone) else {
            return Answer::of_host(plain(StatusCode::INTERNAL_SERVER_ERROR, ""));
        };
        serve(app, component, matched, request, caller).await
    })
}

/// Answers a request that another component addressed to `component` by name.
pub(crate) fn chain(
    app: Arc<Application>,
    component: Arc<Component>,
    mut request: Request<WasiBody>,
) -> Answering {
    Box::pin(async move {
        prepare::drop_chaining_host(&mut request);
        let matched = RouteMatch::chained(&component.id, request.uri().path());
        serve(app, component, matched, request, Caller::Component).await
    })
}

async fn serve(
    app: Arc<Application>,
    component: Arc<Component>,
    matched: RouteMatch,
    request: Request<WasiBody>,
    caller: Caller,
) -> Answer {
    let started = Instant::now();
    let red = app.metrics.route(&component.id, &matched.route.pattern);
    let answer = run(app, component, matched, request, caller).await;
    red.observe(answer.response.status(), started.elapsed());
    answer
}

async fn run(
    app: Arc<Application>,
    component: Arc<Component>,
    matched: RouteMatch,
    mut request: Request<WasiBody>,
    caller: Caller,
) -> Answer {
    let Ok(permit) = app.admission.instance().await else {
        tracing::warn!(component = component.id, "all instances are taken");
        return Answer::of_host(too_busy());
    };
    accept(&app, &component, &request);
    let trace = TraceContext::extract(request.headers());
    if let Err(fault) = prepare::request(&mut request, &matched, caller, &app) {
        tracing::error!("Error processing request: {fault}");
        return Answer::of_host(plain(StatusCode::INTERNAL_SERVER_ERROR, ""));
    }
    let outbound = Outbound::new(Arc::clone(&app), Arc::clone(&component), trace);
    match (GuestRun { component, outbound, permit }).start(request).await {
        Ok(head) => limit_streams(&app, head),
        Err(failure) => Answer::of_host(failed(failure)),
    }
}

/// From here on the request is the application's responsibility.
fn accept(app: &Application, component: &Component, request: &Request<WasiBody>) {
    let detail = format_args!("{} {}", request.method(), request.uri().path());
    app.calls.begin(HostCallKind::Inbound, &component.id, detail).finish();
}

/// A stream is held to the number of streams; its guest sees its body closed if there are enough.
fn limit_streams(app: &Application, head: ResponseHead) -> Answer {
    let ResponseHead { response, call } = head;
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with(STREAM_TYPE)) {
        return Answer { response, head: Some(call) };
    }
    let response = match app.admission.stream() {
        Ok(permit) => response.map(|body| Held { body, _permit: permit }.boxed_unsync()),
        Err(_full) => {
            tracing::warn!("all streams are taken");
            too_busy()
        }
    };
    Answer { response, head: Some(call) }
}

fn failed(failure: GuestFailure) -> Response<WasiBody> {
    let stopped = matches!(failure, GuestFailure::Stopped { .. });
    let cause = anyhow::Error::from(failure);
    tracing::error!("Error processing request: {cause:#}");
    if stopped || cause.chain().any(|cause| cause.is::<wasmtime::PoolConcurrencyLimitError>()) {
        return too_busy();
    }
    plain(StatusCode::INTERNAL_SERVER_ERROR, "")
}

fn well_known_answer(app: &Application, name: &str) -> Response<WasiBody> {
    match name {
        "health" => plain(StatusCode::OK, "OK"),
        "info" => {
            let mut info = serde_json::json!({ "name": app.name });
            if !app.version.is_empty() {
                info["version"] = app.version.clone().into();
            }
            let mut response = plain(StatusCode::OK, &format!("{info:#}"));
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(CONTENT_TYPE, json);
            response
        }
        _ => plain(StatusCode::NOT_FOUND, ""),
    }
}

fn too_busy() -> Response<WasiBody> {
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, "the host is busy, try again\n");
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_SECONDS));
    response
}

fn plain(status: StatusCode, body: &str) -> Response<WasiBody> {
    let body = Full::new(Bytes::copy_from_slice(body.as_bytes())).map_err(Into::into);
    let mut response = Response::new(body.boxed_unsync());
    *response.status_mut() = status;
    response
}

impl Answer {
    /// An answer in which no guest had a part.
    fn of_host(response: Response<WasiBody>) -> Self {
        Self { response, head: None }
    }
}

impl Caller {
    fn address(self) -> SocketAddr {
        match self {
            Self::Client(address) => address,
            Self::Component | Self::Process => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
        }
    }
}

/// A body that holds a place among the streams until it ends.
struct Held {
    body: UnsyncBoxBody<Bytes, wasmtime_wasi_http::Error>,
    _permit: StreamPermit,
}

impl Body for Held {
    type Data = Bytes;
    type Error = wasmtime_wasi_http::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        std::pin::Pin::new(&mut self.body).poll_frame(context)
    }
}

/// Whether `host` names a component of this application rather than a machine.
fn is_chaining_host(host: &str) -> bool {
    host.split(':').next().is_some_and(|name| name.ends_with(CHAINING_SUFFIX))
}
