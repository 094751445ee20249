//! Running a guest: a fresh instance, its `handle` called in a task of its own.
//!
//! The response goes out as soon as its head is set; the task goes on until `handle` returns,
//! whether or not the client still listens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::{Request, Response};
use http_body_util::BodyExt;
use tokio::sync::oneshot;
use wasmtime::Store;
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Scheme};
use wasmtime_wasi_http::p2::body::HyperOutgoingBody;
use wasmtime_wasi_http::{WasiBody, WasiHttpView};

use super::GuestState;
use crate::admission::InstancePermit;
use crate::application::Component;
use crate::engine::yield_when_due;
use crate::host_calls::{HostCall, HostCallKind};
use crate::outbound::Outbound;

/// A guest about to run.
pub(crate) struct GuestRun {
    pub(crate) component: Arc<Component>,
    pub(crate) outbound: Outbound,
    /// Held until `handle` returns.
    pub(crate) permit: InstancePermit,
}

/// What a guest set as its response, and the host call that carries it out.
pub(crate) struct ResponseHead {
    pub(crate) response: Response<WasiBody>,
    pub(crate) call: HostCall,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum GuestFailure {
    #[error("component {component} could not be started")]
    Start { component: String, source: wasmtime::Error },
    #[error("component {component} trapped")]
    Trap { component: String, source: wasmtime::Error },
    #[error("component {component} responded with the error {code:?}")]
    ErrorCode { component: String, code: ErrorCode },
    #[error("component {component} returned without a response")]
    Silent { component: String },
    #[error("component {component} was stopped")]
    Stopped { component: String },
}

type Head = (Result<Response<HyperOutgoingBody>, ErrorCode>, HostCall);

impl GuestRun {
    /// Waits for the response head only.
    pub(crate) async fn start(
        self,
        request: Request<WasiBody>,
    ) -> Result<ResponseHead, GuestFailure> {
        let component = self.component.id.clone();
        let app = Arc::clone(self.outbound.app());
        let stop = app.stop.clone();
        let (head_sender, head) = oneshot::channel();
        let (failure_sender, failure) = oneshot::channel();
        app.tasks.spawn(async move {
            let component = self.component.id.clone();
            let responded = Arc::new(AtomicBool::new(false));
            let run = self.run(request, head_sender, Arc::clone(&responded));
            let stopped = || Err(GuestFailure::Stopped { component: component.clone() });
            let ended = stop.run_until_cancelled(run).await.unwrap_or_else(stopped);
            match ended {
                Err(error) if responded.load(Ordering::Acquire) => log_late(error),
                // The receiver may be gone with its client; then nobody is left to be told.
                ended => drop(failure_sender.send(ended)),
            }
        });
        match head.await {
            Ok((Ok(response), call)) => Ok(ResponseHead { response: open(response), call }),
            Ok((Err(code), _)) => Err(GuestFailure::ErrorCode { component, code }),
            // The sender went with the store, so the guest has ended.
            Err(_) => Err(match failure.await {
                Ok(Err(failure)) => failure,
                Ok(Ok(())) => GuestFailure::Silent { component },
                Err(_) => GuestFailure::Stopped { component },
            }),
        }
    }

    async fn run(
        self,
        request: Request<WasiBody>,
        head: oneshot::Sender<Head>,
        responded: Arc<AtomicBool>,
    ) -> Result<(), GuestFailure> {
        let Self { component, outbound, permit } = self;
        let name = || component.id.clone();
        let start = |source| GuestFailure::Start { component: name(), source };
        let state = GuestState::new(Arc::clone(&component), outbound);
        let calls = Arc::clone(&state.calls);
        let mut store = Store::new(component.pre.engine(), state);
        store.limiter(|state| &mut state.memory);
        yield_when_due(&mut store);
        let id = component.id.clone();
        let set_head = move |outcome: Result<Response<HyperOutgoingBody>, ErrorCode>| {
            let call = calls.begin(HostCallKind::ResponseHead, &id, Told(&outcome));
            responded.store(true, Ordering::Release);
            // Whoever asked may be gone; the guest goes on all the same.
            drop(head.send((outcome, call)));
        };
        let mut http = store.data_mut().http();
        let request = http.new_incoming_request(Scheme::Http, request).map_err(start)?;
        let out = http.new_response_outparam_from_callback(set_head).map_err(start)?;
        let proxy = component.pre.instantiate_async(&mut store).await.map_err(start)?;
        let handled =
            proxy.wasi_http_incoming_handler().call_handle(&mut store, request, out).await;
        // The instance goes before its permit, so that permits never outnumber the pool.
        drop(store);
        drop(permit);
        handled.map_err(|source| GuestFailure::Trap { component: name(), source })
    }
}

/// A response outcome as the host call log tells it.
struct Told<'a>(&'a Result<Response<HyperOutgoingBody>, ErrorCode>);

impl std::fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Ok(response) => write!(f, "{}", response.status().as_u16()),
            Err(code) => write!(f, "{code:?}"),
        }
    }
}

fn open(response: Response<HyperOutgoingBody>) -> Response<WasiBody> {
    response.map(|body| body.map_err(Into::into).boxed_unsync())
}

fn log_late(error: GuestFailure) {
    match error {
        GuestFailure::Stopped { component } => {
            tracing::warn!(component, "stopped with work left after its response");
        }
        error => {
            let cause = anyhow::Error::from(error);
            tracing::error!("Component error after response started: {cause:#}");
        }
    }
}
