//! The moment a response has left the process, which is when its host call is complete.
//!
//! Only a test that crashes the process after a response head needs that moment; for it the call
//! waits until the body has been taken and the socket flushed. Otherwise the call ends at once.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::Response;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use wasmtime_wasi_http::{Error, WasiBody};

use crate::host_calls::HostCall;
use crate::inbound::Answer;

/// The responses of one connection whose bodies have been taken but not flushed.
#[derive(Clone, Default)]
pub(super) struct Departures(Arc<Mutex<Vec<HostCall>>>);

impl Departures {
    pub(super) fn watch(&self, answer: Answer) -> Response<WasiBody> {
        let Answer { response, head } = answer;
        match head {
            Some(call) if call.is_last() => {
                let departures = self.clone();
                response.map(|body| Watched { body, call: Some(call), departures }.boxed_unsync())
            }
            Some(call) => {
                call.finish();
                response
            }
            None => response,
        }
    }

    fn taken(&self, call: HostCall) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    fn flushed(&self) {
        let taken = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        for call in taken {
            call.finish();
        }
    }
}

struct Watched {
    body: WasiBody,
    call: Option<HostCall>,
    departures: Departures,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            self.departures.taken(call);
        }
    }
}

/// A socket that tells when it has been flushed.
pub(super) struct WatchedStream {
    stream: TcpStream,
    departures: Departures,
}

impl WatchedStream {
    pub(super) fn new(stream: TcpStream, departures: Departures) -> Self {
        Self { stream, departures }
    }
}

impl AsyncRead for WatchedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for WatchedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if flushed.is_ready() {
            self.departures.flushed();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
