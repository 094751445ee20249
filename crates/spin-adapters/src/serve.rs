//! How every component serves: read, answer, send, then relay what the answer left in the outbox.

use http::HeaderName;
use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::variables;
use task_app::{Problem, Request, Response, Settings, limits, relay};

use crate::platform::SpinPlatform;
use crate::{inbound, log};

const CLIENT_ADDRESS: HeaderName = HeaderName::from_static("spin-client-addr");

/// A request with all that it is answered from.
pub struct Call {
    pub platform: SpinPlatform,
    pub settings: Settings,
    pub request: Request,
}

impl Call {
    /// The peer's address. Spin appends its own header after whatever the client sent under the
    /// same name, so the last one is Spin's.
    pub fn client(&self) -> &str {
        let last = self.request.headers().get_all(CLIENT_ADDRESS).iter().next_back();
        let address = last.and_then(|value| value.to_str().ok()).unwrap_or_default();
        address.rsplit_once(':').map_or(address, |(host, _port)| host)
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
    // A safe method changes nothing, so it leaves nothing to publish.
    if !call.request.method().is_safe() {
        relay::drain(&call.platform, &call.settings).await;
    }
}

async fn exchange(
    incoming: IncomingRequest,
    out: ResponseOutparam,
    handle: impl AsyncFnOnce(&Call) -> Response,
) -> Option<Call> {
    log::init();
    match receive(incoming).await {
        Ok(call) => {
            let response = handle(&call).await;
            inbound::answer(response, out).await;
            Some(call)
        }
        Err(problem) => {
            inbound::answer(problem.into_response(), out).await;
            None
        }
    }
}

async fn receive(incoming: IncomingRequest) -> Result<Call, Problem> {
    let request = inbound::collect(incoming, limits::BODY_BYTES_MAX).await?;
    let settings = Settings::read(|name| variables::get(name).ok()).map_err(|error| {
        tracing::error!(%error, "the component is not configured");
        Problem::unavailable()
    })?;
    Ok(Call { platform: SpinPlatform::new(), settings, request })
}
