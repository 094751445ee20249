//! The listener: connections in, responses out, and an orderly end.
//!
//! It knows hyper. What a request means is not its business.

mod departure;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use wasmtime_wasi_http::WasiBody;

use self::departure::{Departures, WatchedStream};
use super::Caller;
use crate::application::Application;

/// How long a failed accept (usually: no file descriptors left) holds the next one back.
const ACCEPT_PAUSE: std::time::Duration = std::time::Duration::from_millis(50);

/// Accepts until `closing`, then lets each open connection finish what it is doing.
pub(crate) async fn serve(
    app: Arc<Application>,
    listener: TcpListener,
    closing: CancellationToken,
) {
    let connections = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = closing.cancelled() => break,
        };
        match accepted {
            Ok((stream, client)) => start(Arc::clone(&app), stream, client, &connections),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    // A stream that never ends is ended with its guest, when the time to drain is up.
    tokio::select! {
        () = connections.shutdown() => {}
        () = app.stop.cancelled() => {}
    }
}

fn start(
    app: Arc<Application>,
    stream: TcpStream,
    client: SocketAddr,
    connections: &GracefulShutdown,
) {
    // Delaying small responses to fill packets costs more than it saves.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection keeps its delay");
    }
    let tracker = app.connections.clone();
    let departures = Departures::default();
    let stream = TokioIo::new(WatchedStream::new(stream, departures.clone()));
    let service = service_fn(move |request: Request<Incoming>| {
        answer(Arc::clone(&app), request, client, departures.clone())
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new());
    let connection = builder.serve_connection(stream, service).into_owned();
    let connection = connections.watch(connection);
    tracker.spawn(async move {
        // A client that goes away in the middle is no fault of ours.
        if let Err(error) = connection.await {
            tracing::debug!(error, "a connection ended early");
        }
    });
}

async fn answer(
    app: Arc<Application>,
    request: Request<Incoming>,
    client: SocketAddr,
    departures: Departures,
) -> Result<Response<WasiBody>, Infallible> {
    let request = request.map(|body| body.map_err(Into::into).boxed_unsync());
    let answer = super::handle(app, request, Caller::Client(client)).await;
    Ok(departures.watch(answer))
}
