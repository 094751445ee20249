//! Inbound requests as values: the head at once, the body piece by piece.

use std::pin::Pin;

use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use spin_sdk::http::IncomingRequest;
use task_app::Problem;
use task_app::ports::BodySource;
use wasi::io::streams;

/// The body of an inbound request. What is not read stays with the client.
pub struct SpinBodySource(Pin<Box<dyn Stream<Item = Result<Vec<u8>, streams::Error>>>>);

impl BodySource for SpinBodySource {
    async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        let chunk = self.0.try_next().await;
        let chunk = chunk.map_err(|_| Problem::malformed("the body ended before its length"))?;
        Ok(chunk.map(Bytes::from))
    }
}

/// Takes a request apart; nothing of its body is read yet.
pub(crate) fn open(
    incoming: IncomingRequest,
) -> Result<(http::Request<()>, SpinBodySource), Problem> {
    let method = http::Method::from_bytes(incoming.method().to_string().as_bytes())
        .map_err(|_| Problem::malformed("the method is not one of HTTP"))?;
    let mut head = http::Request::builder()
        .method(method)
        .uri(incoming.path_with_query().unwrap_or_else(|| "/".to_owned()));
    for (name, value) in incoming.headers().entries() {
        head = head.header(name, value);
    }
    let head = head
        .body(())
        .map_err(|error| Problem::malformed(format!("the head cannot be read: {error}")))?;
    Ok((head, SpinBodySource(Box::pin(incoming.into_body_stream()))))
}
