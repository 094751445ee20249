//! Outbound HTTP: may it go, where does it go, and how long may it take.
//!
//! A request is answered by the app itself, by another component, by a service in this process, or
//! over a pooled connection; the component cannot tell which.

mod allowed_hosts;
mod authority;
mod between_bytes;
mod pooled_client;
mod send;
mod trace_context;

use std::sync::Arc;

use http::{Request, Response};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

pub use self::allowed_hosts::AllowedHostFault;
pub(crate) use self::allowed_hosts::{AllowedHosts, Destination};
pub use self::authority::{Authority, AuthorityFuture, Refused};
pub(crate) use self::pooled_client::PooledClient;
pub(crate) use self::trace_context::TraceContext;
use crate::application::{Application, Component};

/// A host that means the app itself, for SDKs that cannot send a URL without one.
pub(crate) const SELF_ALIAS: &str = "self.alt";

/// What follows a component's id in the host of a chained request.
pub(crate) const CHAINING_SUFFIX: &str = ".spin.internal";

/// The outbound side of one guest.
#[derive(Clone)]
pub(crate) struct Outbound {
    app: Arc<Application>,
    component: Arc<Component>,
    trace: Option<TraceContext>,
}

type InFlight = Box<dyn Future<Output = Result<(), Error>> + Send>;

impl Outbound {
    pub(crate) fn new(
        app: Arc<Application>,
        component: Arc<Component>,
        trace: Option<TraceContext>,
    ) -> Self {
        Self { app, component, trace }
    }

    pub(crate) fn app(&self) -> &Arc<Application> {
        &self.app
    }
}

impl WasiHttpHooks for Outbound {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _response_errors: InFlight,
    ) -> Box<dyn Future<Output = Result<(Response<WasiBody>, InFlight), Error>> + Send> {
        let outbound = self.clone();
        Box::new(async move {
            let response = outbound.send(request, options.unwrap_or_default()).await?;
            // The pool drives its connections itself; there is nothing left to wait for.
            let in_flight: InFlight = Box::new(std::future::ready(Ok(())));
            Ok((response, in_flight))
        })
    }
}
