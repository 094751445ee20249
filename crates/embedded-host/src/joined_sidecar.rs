//! A host and a sidecar in one process, each answering the other without a socket.
//!
//! The host needs the sidecar to send to, and the sidecar the host to deliver to. So the host is
//! built with a `SidecarLink` that nobody has connected yet, the sidecar with a `HostChannel`, and
//! then the link is connected.

use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use embedded_sidecar::{AppCall, AppChannel, AppChannelError, Sidecar};
use http::Request;

use crate::host::{Host, HostBuilder, WeakHost};
use crate::outbound::{Authority, AuthorityFuture, Refused};

/// The sidecar as components reach it. While none is connected it refuses, as a port would.
#[derive(Clone, Default)]
pub struct SidecarLink(Arc<RwLock<Option<Sidecar>>>);

/// The application as the sidecar reaches it.
pub struct HostChannel(WeakHost);

impl SidecarLink {
    /// Lets the sidecar answer for each authority, such as `localhost:3500`.
    pub fn join<'a>(
        &self,
        host: HostBuilder,
        authorities: impl IntoIterator<Item = &'a str>,
    ) -> HostBuilder {
        authorities
            .into_iter()
            .fold(host, |host, authority| host.authority(authority, Arc::new(self.clone())))
    }

    pub fn connect(&self, sidecar: Sidecar) {
        self.set(Some(sidecar));
    }

    /// From here on the sidecar is gone, as far as components can tell.
    pub fn disconnect(&self) {
        self.set(None);
    }

    fn set(&self, sidecar: Option<Sidecar>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = sidecar;
    }

    fn get(&self) -> Option<Sidecar> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Authority for SidecarLink {
    fn call(&self, request: Request<Bytes>) -> AuthorityFuture<'_> {
        Box::pin(async move {
            match self.get() {
                Some(sidecar) => Ok(sidecar.handle(request).await),
                None => Err(Refused),
            }
        })
    }
}

impl HostChannel {
    /// It does not keep the host alive: the host keeps the sidecar, through the link.
    pub fn new(host: &Host) -> Self {
        Self(host.downgrade())
    }
}

impl AppChannel for HostChannel {
    fn call(&self, request: Request<Bytes>) -> AppCall<'_> {
        Box::pin(async move {
            match self.0.upgrade() {
                Some(host) => Ok(host.handle(request).await),
                None => Err(AppChannelError::Failed("the application is gone".to_owned())),
            }
        })
    }
}
