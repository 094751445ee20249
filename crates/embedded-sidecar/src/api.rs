//! The API: from a request to the area that answers it.
//!
//! Owns tokens, limits and the order of checks. It must not know sockets.

mod cors;
mod router;
mod server;

pub(crate) use cors::Cors;
pub(crate) use router::Api;
pub(crate) use server::{Limits, serve_connections};
