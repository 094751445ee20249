//! Answers on their way out: whole, or piece by piece while the component goes on working.
//!
//! The SDK's own sink cannot tell that a client has left without writing to it; a stream that has
//! nothing to say would then go on for nobody.

use std::future::poll_fn;
use std::task::Poll;

use bytes::Bytes;
use http::{HeaderValue, header};
use spin_sdk::http::{Fields, OutgoingResponse, ResponseOutparam};
use spin_sdk::wit::wasi::http0_2_0::types::OutgoingBody;
use task_app::Response;
use task_app::ports::{BodySink, Disconnected, Responder};
use wasi::io::streams::OutputStream;

use crate::timer::Registration;

/// The answer that Spin waits for.
pub struct SpinResponder(ResponseOutparam);

impl SpinResponder {
    pub(crate) fn new(out: ResponseOutparam) -> Self {
        SpinResponder(out)
    }
}

impl Responder for SpinResponder {
    type Sink = SpinBodySink;

    async fn answer(self, response: Response) {
        let (mut parts, body) = response.into_parts();
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        let mut sink = self.begin(http::Response::from_parts(parts, ()));
        // Nobody is left to be told, and what was asked for is done.
        let _ = sink.send(body).await;
    }

    fn begin(self, head: http::Response<()>) -> SpinBodySink {
        let (parts, ()) = head.into_parts();
        let headers: Vec<(String, Vec<u8>)> = parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
            .collect();
        let fields = Fields::from_list(&headers).unwrap_or_else(|error| {
            tracing::error!(?error, "an answer has headers that cannot be sent");
            Fields::new()
        });
        let outgoing = OutgoingResponse::new(fields);
        if outgoing.set_status_code(parts.status.as_u16()).is_err() {
            tracing::error!(status = %parts.status, "an answer has a status that cannot be sent");
        }
        let sink = SpinBodySink::of(&outgoing);
        self.0.set(outgoing);
        sink
    }
}

/// The body of an answer under way.
pub struct SpinBodySink {
    registration: Registration,
    /// `None` when the host gave none, which it does only to whoever asks twice.
    open: Option<(OutputStream, OutgoingBody)>,
}

impl SpinBodySink {
    fn of(outgoing: &OutgoingResponse) -> Self {
        let open = outgoing.body().and_then(|body| Ok((body.write()?, body)));
        SpinBodySink { registration: Registration::default(), open: open.ok() }
    }

    fn stream(&self) -> Result<&OutputStream, Disconnected> {
        self.open.as_ref().map(|(stream, _)| stream).ok_or(Disconnected)
    }

    /// How many bytes the host takes now.
    async fn room(&mut self) -> Result<usize, Disconnected> {
        let SpinBodySink { registration, open } = self;
        let (stream, _) = open.as_ref().ok_or(Disconnected)?;
        poll_fn(|context| match stream.check_write() {
            Ok(0) => registration.wait(stream.subscribe(), context),
            Ok(bytes) => Poll::Ready(Ok(usize::try_from(bytes).unwrap_or(usize::MAX))),
            Err(_) => Poll::Ready(Err(Disconnected)),
        })
        .await
    }
}

impl BodySink for SpinBodySink {
    async fn send(&mut self, chunk: Bytes) -> Result<(), Disconnected> {
        let mut rest = &chunk[..];
        while !rest.is_empty() {
            let room = self.room().await?;
            let (now, later) = rest.split_at(room.min(rest.len()));
            self.stream()?.write(now).map_err(|_| Disconnected)?;
            rest = later;
        }
        self.stream()?.flush().map_err(|_| Disconnected)?;
        // Room again means that the host has taken the piece on.
        self.room().await.map(drop)
    }

    fn is_connected(&self) -> bool {
        self.stream().is_ok_and(|stream| stream.check_write().is_ok())
    }

    fn abort(mut self) {
        // A body that is not finished is one that the host cuts off.
        self.registration = Registration::default();
        drop(self.open.take());
    }
}

impl Drop for SpinBodySink {
    fn drop(&mut self) {
        // The wait belongs to the stream and the stream to the body, which the host holds us to.
        self.registration = Registration::default();
        if let Some((stream, body)) = self.open.take() {
            drop(stream);
            // Without this the client would take the end of the body for a broken connection.
            let _ = OutgoingBody::finish(body, None);
        }
    }
}
