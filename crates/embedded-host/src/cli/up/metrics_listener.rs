//! The host's metrics on an address of their own, apart from the application's.

use std::convert::Infallible;
use std::net::SocketAddr;

use anyhow::Context;
use bytes::Bytes;
use embedded_host::Host;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// What Prometheus expects of the text it is given.
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// Every path answers with the metrics.
pub(crate) async fn start(host: &Host, address: SocketAddr) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot serve metrics on {address}"))?;
    tracing::info!(address = %listener.local_addr()?, "metrics are served");
    let host = host.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let host = host.clone();
            let answer = service_fn(move |_| {
                let mut response = Response::new(Full::<Bytes>::from(host.metrics_text()));
                response.headers_mut().insert(CONTENT_TYPE, OPEN_METRICS);
                std::future::ready(Ok::<_, Infallible>(response))
            });
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a metrics connection ended early");
                }
            });
        }
    });
    Ok(())
}
