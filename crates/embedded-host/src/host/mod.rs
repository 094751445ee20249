//! The host as a library: load an application, answer its requests, end in order.

mod builder;
mod error;
mod load;

use std::net::SocketAddr;
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub use self::builder::HostBuilder;
pub use self::error::StartError;
use crate::application::Application;
use crate::inbound::{self, Caller};
use crate::manifest::Manifest;
use crate::routing::Route;

/// A response body as it is produced.
pub type ResponseBody = UnsyncBoxBody<Bytes, BodyError>;

/// What breaks a body on its way, in either direction.
pub type BodyError = wasmtime_wasi_http::Error;

/// A loaded application. Clones share it.
#[derive(Clone)]
pub struct Host {
    app: Arc<Application>,
    closing: CancellationToken,
}

/// A host that may be gone.
#[derive(Clone)]
pub(crate) struct WeakHost {
    app: Weak<Application>,
    closing: CancellationToken,
}

/// Whether everything a drain waited for came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    Whole,
    /// Guests still ran at the deadline, and were stopped.
    Cut,
}

impl Host {
    pub fn builder(manifest: Manifest) -> HostBuilder {
        HostBuilder::new(manifest)
    }

    /// Answers a request without a socket. The guest may go on after its response.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        let request = request.map(|body| Full::new(body).map_err(Into::into).boxed_unsync());
        let (parts, body) = self.handle_streaming(request).await.into_parts();
        match body.collect().await {
            Ok(body) => Response::from_parts(parts, body.to_bytes()),
            Err(error) => {
                tracing::error!(%error, "a response broke off");
                let mut response = Response::new(Bytes::new());
                *response.status_mut() = StatusCode::BAD_GATEWAY;
                response
            }
        }
    }

    /// Answers a request without a socket, both bodies flowing.
    pub async fn handle_streaming(&self, request: Request<ResponseBody>) -> Response<ResponseBody> {
        let answer = inbound::handle(Arc::clone(&self.app), request, Caller::Process).await;
        if let Some(call) = answer.head {
            call.finish();
        }
        answer.response
    }

    /// Serves connections until `close`, and then those that are open until they end.
    pub async fn serve(&self, listener: TcpListener) -> std::io::Result<()> {
        self.announce(listener.local_addr()?);
        inbound::server::serve(Arc::clone(&self.app), listener, self.closing.clone()).await;
        Ok(())
    }

    /// The address components are told is the application's own. The first one counts.
    pub fn announce(&self, address: SocketAddr) {
        // A second listener serves the same application; its address is no more its own.
        let _ = self.app.address.set(address);
    }

    /// A handle that does not keep the application alive.
    pub(crate) fn downgrade(&self) -> WeakHost {
        WeakHost { app: Arc::downgrade(&self.app), closing: self.closing.clone() }
    }

    /// Accepts no more connections.
    pub fn close(&self) {
        self.closing.cancel();
    }

    /// Closes, then waits for every running guest and for what connections still have to send, at
    /// most until `deadline` has passed.
    pub async fn drain(&self, deadline: Duration) -> Drained {
        self.close();
        let (guests, connections) = (&self.app.tasks, &self.app.connections);
        guests.close();
        connections.close();
        let ended = async {
            guests.wait().await;
            connections.wait().await;
        };
        let drained = match tokio::time::timeout(deadline, ended).await {
            Ok(()) => Drained::Whole,
            Err(_elapsed) => Drained::Cut,
        };
        self.app.stop.cancel();
        guests.wait().await;
        drained
    }

    /// Guests that are running now.
    pub fn running_guests(&self) -> usize {
        self.app.tasks.len()
    }

    pub fn routes(&self) -> impl Iterator<Item = &Route> {
        self.app.router.routes()
    }

    pub fn application_name(&self) -> &str {
        &self.app.name
    }

    /// In the OpenMetrics text format.
    pub fn metrics_text(&self) -> String {
        let running = self.app.admission.running(self.app.limits.engine.max_instances);
        self.app.metrics.text(running)
    }
}

impl WeakHost {
    pub(crate) fn upgrade(&self) -> Option<Host> {
        Some(Host { app: self.app.upgrade()?, closing: self.closing.clone() })
    }
}
