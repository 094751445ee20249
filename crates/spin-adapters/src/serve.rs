//! How every component serves: read, answer, send, then relay what the answer left in the outbox.

use http::{HeaderMap, HeaderName, Method};
use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::variables;
use task_app::ports::{BodySource, Responder};
use task_app::{Problem, Request, Response, Settings, limits, relay};

use crate::inbound::{self, SpinBodySource};
use crate::log;
use crate::platform::SpinPlatform;
use crate::respond::SpinResponder;

const CLIENT_ADDRESS: HeaderName = HeaderName::from_static("spin-client-addr");

/// A request with all that it is answered from.
pub struct Call {
    pub platform: SpinPlatform,
    pub settings: Settings,
    pub request: Request,
}

/// A request whose body has still to be read, with all else that it is answered from.
pub struct StreamingCall {
    pub platform: SpinPlatform,
    pub settings: Settings,
    pub head: http::Request<()>,
}

impl Call {
    /// The peer's address.
    pub fn client(&self) -> &str {
        client(self.request.headers())
    }
}

impl StreamingCall {
    /// The peer's address.
    pub fn client(&self) -> &str {
        client(self.head.headers())
    }
}

/// Answers one request.
pub async fn serve(
    incoming: IncomingRequest,
    out: ResponseOutparam,
    handle: impl AsyncFnOnce(&Call) -> Response,
) {
    let _ = exchange(incoming, out, handle).await;
}

/// Answers one request, and when the client has its answer, publishes what it left in the outbox.
pub async fn serve_then_relay(
    incoming: IncomingRequest,
    out: ResponseOutparam,
    handle: impl AsyncFnOnce(&Call) -> Response,
) {
    let Some(call) = exchange(incoming, out, handle).await else { return };
    relay_after(call.request.method(), &call.platform, &call.settings).await;
}

/// Answers one request, and when the client has its answer, does what is left to do.
pub async fn serve_then(
    incoming: IncomingRequest,
    out: ResponseOutparam,
    handle: impl AsyncFnOnce(&Call) -> Response,
    afterwards: impl AsyncFnOnce(&Call),
) {
    if let Some(call) = exchange(incoming, out, handle).await {
        afterwards(&call).await;
    }
}

/// Lets one request be answered while its body comes in, or by a body that comes about piece by
/// piece. `handle` owes the responder one answer.
pub async fn serve_streaming(
    incoming: IncomingRequest,
    out: ResponseOutparam,
    handle: impl AsyncFnOnce(&StreamingCall, SpinBodySource, SpinResponder),
) {
    let _ = stream(incoming, out, handle).await;
}

/// The same, and when `handle` has returned, publishes what it left in the outbox.
pub async fn serve_streaming_then_relay(
    incoming: IncomingRequest,
    out: ResponseOutparam,
    handle: impl AsyncFnOnce(&StreamingCall, SpinBodySource, SpinResponder),
) {
    let Some(call) = stream(incoming, out, handle).await else { return };
    relay_after(call.head.method(), &call.platform, &call.settings).await;
}

async fn exchange(
    incoming: IncomingRequest,
    out: ResponseOutparam,
    handle: impl AsyncFnOnce(&Call) -> Response,
) -> Option<Call> {
    let responder = SpinResponder::new(out);
    match receive_whole(incoming).await {
        Ok(call) => {
            responder.answer(handle(&call).await).await;
            Some(call)
        }
        Err(problem) => {
            responder.answer(problem.into_response()).await;
            None
        }
    }
}

async fn stream(
    incoming: IncomingRequest,
    out: ResponseOutparam,
    handle: impl AsyncFnOnce(&StreamingCall, SpinBodySource, SpinResponder),
) -> Option<StreamingCall> {
    let responder = SpinResponder::new(out);
    match receive(incoming) {
        Ok((call, body)) => {
            handle(&call, body, responder).await;
            Some(call)
        }
        Err(problem) => {
            responder.answer(problem.into_response()).await;
            None
        }
    }
}

async fn receive_whole(incoming: IncomingRequest) -> Result<Call, Problem> {
    let (call, mut body) = receive(incoming)?;
    let body = body.collect(limits::BODY_BYTES_MAX).await?;
    let StreamingCall { platform, settings, head } = call;
    Ok(Call { platform, settings, request: head.map(|()| body) })
}

fn receive(incoming: IncomingRequest) -> Result<(StreamingCall, SpinBodySource), Problem> {
    log::init();
    let (head, body) = inbound::open(incoming)?;
    let settings = Settings::read(|name| variables::get(name).ok()).map_err(|error| {
        tracing::error!(%error, "the component is not configured");
        Problem::unavailable()
    })?;
    let platform = SpinPlatform::on(&settings.database);
    Ok((StreamingCall { platform, settings, head }, body))
}

/// A safe method changes nothing, so it leaves nothing to publish.
async fn relay_after(method: &Method, platform: &SpinPlatform, settings: &Settings) {
    if !method.is_safe() {
        relay::drain(platform, settings).await;
    }
}

/// Spin appends its own header after whatever the client sent under the same name, so the last one
/// is Spin's.
fn client(headers: &HeaderMap) -> &str {
    let last = headers.get_all(CLIENT_ADDRESS).iter().next_back();
    let address = last.and_then(|value| value.to_str().ok()).unwrap_or_default();
    address.rsplit_once(':').map_or(address, |(host, _port)| host)
}
