//! What the use cases need of the world: a store, a clock, ids, outbound HTTP, and bodies that
//! come and go piece by piece.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use task_store::Store;
use thiserror::Error;
use uuid::Uuid;

use crate::{Problem, Response};

/// The world as one component instance sees it.
pub trait Platform {
    type Store: Store;

    fn store(&self) -> &Self::Store;
    fn now(&self) -> DateTime<Utc>;
    /// A new UUIDv7 of the current instant.
    fn mint(&self) -> Uuid;
    fn fill_random(&self, bytes: &mut [u8]);
    /// Sends a request and collects the answer, or the beginning of a long one; `timeout` covers
    /// all of it.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, OutboundError>;
    /// What was remembered under `key`, in a place that may forget it at any time. A component that
    /// is granted no such place remembers nothing.
    fn recall(&self, _key: &str) -> Option<Vec<u8>> {
        None
    }
    fn remember(&self, _key: &str, _value: &[u8]) {}
    /// Holds no database connection until the next statement, which opens one again.
    fn let_go_of_the_database(&self) {}
    /// Waits, and lets go of the database meanwhile.
    async fn sleep(&self, duration: Duration);
}

/// The body of a request, read as it arrives.
pub trait BodySource {
    /// The next piece; `None` after the last one.
    async fn next(&mut self) -> Result<Option<Bytes>, Problem>;

    /// All of it. What is larger than `limit_bytes` is refused without being read to its end.
    async fn collect(&mut self, limit_bytes: usize) -> Result<Bytes, Problem> {
        let mut body = Vec::new();
        while let Some(chunk) = self.next().await? {
            if body.len() + chunk.len() > limit_bytes {
                return Err(Problem::body_too_large(limit_bytes));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Bytes::from(body))
    }
}

/// The body of an answer, written as it comes about. Dropping it ends the body.
pub trait BodySink {
    /// Sends a piece at once, and returns when there is room for the next one.
    async fn send(&mut self, chunk: Bytes) -> Result<(), Disconnected>;
    /// Whether anybody is still known to listen. Asking sends nothing.
    fn is_connected(&self) -> bool;
    /// Breaks the answer off, so that the client cannot take what it has for the whole.
    fn abort(self);
}

/// The client has left: whatever else would be written reaches nobody.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the client has left")]
pub struct Disconnected;

/// The one answer that a request is waiting for.
pub trait Responder {
    type Sink: BodySink;

    /// Gives a whole answer. A client that has left is no fault: what it asked for is done.
    async fn answer(self, response: Response);
    /// Sends the head at once; the body follows in pieces.
    fn begin(self, head: http::Response<()>) -> Self::Sink;
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
