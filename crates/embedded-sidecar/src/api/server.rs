//! Connections: HTTP/1.1 and h2c with prior knowledge, bodies read up to their limit.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How long a client may take to send a request's head. The wait for a kept-alive connection's next
/// request counts too, so this outlasts the 90 seconds that clients usually pool a connection for:
/// a connection closed under a pool is a failed publish.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(120);
/// What Go's server reads beyond the stated head limit before it refuses; also the least that
/// hyper accepts as a buffer together with Dapr's default.
const HEADER_SLACK_BYTES: usize = 4 * 1024;
/// The smallest read buffer hyper takes.
const MIN_BUFFER_BYTES: usize = 8 * 1024;
/// How long open connections may finish their requests at the end.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// Pause after a failed accept: out of file descriptors, most likely.
const ACCEPT_RETRY_INTERVAL: Duration = Duration::from_millis(100);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) max_body_bytes: usize,
    pub(crate) read_buffer_bytes: usize,
}

/// Serves until `closing`, then lets requests in flight finish.
pub(crate) async fn serve_connections<H, F>(
    listener: TcpListener,
    limits: Limits,
    closing: CancellationToken,
    handler: H,
) -> std::io::Result<()>
where
    H: Fn(Request<Bytes>) -> F + Send + Sync + 'static,
    F: Future<Output = Response<Bytes>> + Send + 'static,
{
    let handler = Arc::new(handler);
    let connections = GracefulShutdown::new();
    let builder = connection_builder(limits);
    while let Some(accepted) = closing.run_until_cancelled(listener.accept()).await {
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot accept");
                tokio::time::sleep(ACCEPT_RETRY_INTERVAL).await;
                continue;
            }
        };
        // Answers are small and complete: waiting to fill a packet only adds latency. A socket
        // that is gone already fails at its first read instead.
        let _ = stream.set_nodelay(true);
        let handler = Arc::clone(&handler);
        let service =
            service_fn(move |request| answer(request, Arc::clone(&handler), limits.max_body_bytes));
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error, "connection ended");
            }
        });
    }
    // Connections that outlast the patience end with the process.
    let _ = tokio::time::timeout(CLOSE_TIMEOUT, connections.shutdown()).await;
    Ok(())
}

fn connection_builder(limits: Limits) -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    let buffer = limits.read_buffer_bytes.saturating_add(HEADER_SLACK_BYTES).max(MIN_BUFFER_BYTES);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_READ_TIMEOUT)
        .max_buf_size(buffer);
    let head = u32::try_from(limits.read_buffer_bytes).unwrap_or(u32::MAX);
    builder.http2().timer(TokioTimer::new()).max_header_list_size(head);
    builder
}

async fn answer<H, F>(
    request: Request<Incoming>,
    handler: Arc<H>,
    max_body_bytes: usize,
) -> Result<Response<Full<Bytes>>, hyper::Error>
where
    H: Fn(Request<Bytes>) -> F,
    F: Future<Output = Response<Bytes>>,
{
    let (head, body) = request.into_parts();
    let body = read_body(body, max_body_bytes).await?;
    let answered: Result<_, Infallible> = Ok(handler(Request::from_parts(head, body)).await);
    let Ok(response) = answered;
    Ok(response.map(Full::new))
}

/// The whole body, or just enough of it to show that it is too long: the areas word that refusal
/// each in their own way.
async fn read_body(mut body: Incoming, max_bytes: usize) -> Result<Bytes, hyper::Error> {
    let mut read = BytesMut::new();
    while read.len() <= max_bytes
        && let Some(frame) = body.frame().await
    {
        if let Ok(data) = frame?.into_data() {
            read.extend_from_slice(&data);
        }
    }
    Ok(read.freeze())
}
