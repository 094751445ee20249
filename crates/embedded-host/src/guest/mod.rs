//! One guest: the state its store carries and the linking of what it may import.
//!
//! A guest lives for one request. Nothing here survives it.

pub(crate) mod bindings;
mod log_stream;
mod run;

use std::sync::Arc;

use wasmtime::component::{HasData, Linker, Resource, ResourceTable};
use wasmtime::{Engine, StoreContextMut};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p2::HttpResult;
use wasmtime_wasi_http::p2::bindings::http::outgoing_handler::Host as _;
use wasmtime_wasi_http::p2::bindings::http::types;
use wasmtime_wasi_http::p2::types::{HostFutureIncomingResponse, HostOutgoingRequest};
use wasmtime_wasi_http::{RequestOptions, WasiHttp, WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

pub(crate) use self::run::{GuestFailure, GuestRun, ResponseHead};
use crate::application::Component;
use crate::clock::GuestClock;
use crate::engine::MemoryLimit;
use crate::host_calls::HostCalls;
use crate::outbound::{Outbound, SELF_ALIAS};

/// What a store holds for its guest.
pub(crate) struct GuestState {
    pub(crate) component: Arc<Component>,
    pub(crate) calls: Arc<HostCalls>,
    pub(crate) table: ResourceTable,
    pub(crate) open_connections: usize,
    pub(crate) open_stores: usize,
    pub(crate) open_sessions: usize,
    memory: MemoryLimit,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: Outbound,
}

impl GuestState {
    pub(crate) fn new(component: Arc<Component>, outbound: Outbound) -> Self {
        let app = Arc::clone(outbound.app());
        let mut wasi = WasiCtx::builder();
        wasi.wall_clock(GuestClock(Arc::clone(&app.clock)))
            .monotonic_clock(GuestClock(Arc::clone(&app.clock)))
            .stdout(log_stream::LogStream::new(&component.id, log_stream::Output::Stdout))
            .stderr(log_stream::LogStream::new(&component.id, log_stream::Output::Stderr));
        for (name, value) in &component.environment {
            wasi.env(name, value);
        }
        Self {
            component,
            calls: Arc::clone(&app.calls),
            table: ResourceTable::new(),
            open_connections: 0,
            open_stores: 0,
            open_sessions: 0,
            memory: MemoryLimit::new(app.limits.engine.max_instance_memory_bytes),
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            outbound,
        }
    }
}

impl WasiView for GuestState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for GuestState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.outbound, table: &mut self.table, ctx: &mut self.http }
    }
}

/// Everything a component may import.
pub(crate) fn linker(engine: &Engine) -> wasmtime::Result<Linker<GuestState>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    let options = wasmtime_wasi_http::p2::bindings::LinkOptions::default();
    types::add_to_linker::<_, WasiHttp>(&mut linker, &(&options).into(), GuestState::http)?;
    linker.instance(OUTGOING_HANDLER)?.func_wrap(
        "handle",
        |mut store: StoreContextMut<'_, GuestState>, (request, options): HandleArguments| {
            match store.data_mut().send(request, options) {
                Ok(pending) => Ok((Ok(pending),)),
                Err(error) => Ok((Err(error.downcast()?),)),
            }
        },
    )?;
    bindings::Capabilities::add_to_linker::<_, HasGuestState>(&mut linker, |state| state)?;
    Ok(linker)
}

/// Compatible versions of 0.2 link to it.
const OUTGOING_HANDLER: &str = "wasi:http/outgoing-handler@0.2.0";

type HandleArguments = (Resource<HostOutgoingRequest>, Option<Resource<RequestOptions>>);

struct HasGuestState;

impl HasData for HasGuestState {
    type Data<'a> = &'a mut GuestState;
}

impl GuestState {
    /// A request without an authority is for the app itself. It is given the alias that means the
    /// same, since a URL needs some authority on its way through.
    fn send(
        &mut self,
        request: Resource<HostOutgoingRequest>,
        options: Option<Resource<RequestOptions>>,
    ) -> HttpResult<Resource<HostFutureIncomingResponse>> {
        let outgoing = self.table.get_mut(&request)?;
        if outgoing.authority.as_deref().is_none_or(str::is_empty) {
            outgoing.authority = Some(SELF_ALIAS.to_owned());
            outgoing.scheme = Some(types::Scheme::Http);
        }
        self.http().handle(request, options)
    }
}
