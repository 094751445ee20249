//! How the sidecar calls the app: one trait, so that an app in the same process needs no socket.
//!
//! Owns the seam and the limit on concurrent calls. It must not know what is called.

mod limited;
mod tcp;

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use http::{Request, Response};

pub(crate) use limited::AppCalls;
pub use tcp::TcpAppChannel;

/// The future of a call, boxed so that the trait can be used as an object.
pub type AppCall<'a> =
    Pin<Box<dyn Future<Output = Result<Response<Bytes>, AppChannelError>> + Send + 'a>>;

/// Carries requests to the app. The request's URI holds only path and query.
pub trait AppChannel: Send + Sync {
    fn call(&self, req: Request<Bytes>) -> AppCall<'_>;

    /// Resolves once the app can be called at all. An app in the same process always can.
    fn ready(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    /// Where the app is, for the metadata call; `None` for an app in the same process.
    fn address(&self) -> Option<crate::config::AppAddress> {
        None
    }
}

/// Why a call did not get an answer.
#[derive(Debug, thiserror::Error)]
pub enum AppChannelError {
    #[error("cannot reach the app at {address}")]
    Unreachable {
        address: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("the app broke off its answer")]
    BrokenAnswer(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the app answered more than {limit} bytes")]
    AnswerTooLarge { limit: usize },
    #[error("{0}")]
    Failed(String),
}
