//! What the use cases need of the world: a store, a clock, ids, and outbound HTTP.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use task_store::Store;
use thiserror::Error;
use uuid::Uuid;

/// The world as one component instance sees it.
pub trait Platform {
    type Store: Store;

    fn store(&self) -> &Self::Store;
    fn now(&self) -> DateTime<Utc>;
    /// A new UUIDv7 of the current instant.
    fn mint(&self) -> Uuid;
    fn fill_random(&self, bytes: &mut [u8]);
    /// Sends a request and collects the answer; `timeout` covers all of it.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, OutboundError>;
}

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum OutboundError {
    #[error("no answer within {0:?}")]
    TimedOut(Duration),
    /// The manifest does not list this host among the component's `allowed_outbound_hosts`.
    #[error("the host refuses to reach {0}: not in allowed_outbound_hosts")]
    Denied(String),
    #[error("{0}")]
    Unreachable(String),
}
