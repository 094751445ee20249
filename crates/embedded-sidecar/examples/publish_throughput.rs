//! How fast the sidecar is on this machine: publishes and deliveries per second over real sockets.
//!
//! `cargo run --profile native -p embedded-sidecar --example publish_throughput`

use std::convert::Infallible;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;
use dapr_protocol::headers::CLOUD_EVENT_JSON;
use dapr_protocol::{
    BulkEntry, BulkPublishRequest, BulkSupport, DaprEndpoint, PublishRequest, RequestMetadata,
};
use embedded_sidecar::{AppAddress, Sidecar, SidecarConfig};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};

const CONNECTIONS: usize = 16;
const SINGLE_PER_CONNECTION: usize = 1_000;
const BULKS_PER_CONNECTION: usize = 50;
const BULK_ENTRIES: usize = 100;
/// About the size of a task event.
const DATA_BYTES: usize = 1_000;

const RESOURCES: &str = "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ps}
spec: {type: pubsub.in-memory, version: v1}
---
apiVersion: dapr.io/v2alpha1
kind: Subscription
metadata: {name: t}
spec: {pubsubname: ps, topic: delivered, routes: {default: /in}}
";

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the figures are this program's product")]
async fn main() -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    std::fs::write(dir.path().join("resources.yaml"), RESOURCES)?;
    let app = TcpListener::bind(("127.0.0.1", 0)).await?;
    let mut config = SidecarConfig::new("app", dir.path().join("data"));
    config.resources_paths = vec![dir.path().to_owned()];
    let port = app.local_addr()?.port();
    config.app_address = Some(AppAddress { host: "127.0.0.1".to_owned(), port });
    tokio::spawn(accept_everything(app));
    let sidecar = Sidecar::builder(config).start().await?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    let server = sidecar.clone();
    tokio::spawn(async move { server.serve(listener).await });
    sidecar.ready().await;

    let dapr = DaprEndpoint::new(&format!("http://127.0.0.1:{port}"), None)?;
    let event = json!({"id": "e", "data": "x".repeat(DATA_BYTES)}).to_string();
    let single = PublishRequest::cloud_event("ps", "undelivered", event.clone().into());
    let single = single.to_http(&dapr)?;
    let (rate, p99) = measure(port, &single, SINGLE_PER_CONNECTION).await?;
    println!("publish, {CONNECTIONS} connections: {rate:.0} events/s, p99 {p99:.1?}");
    let undelivered = bulk("undelivered", &event, &dapr)?;
    let (rate, p99) = measure(port, &undelivered, BULKS_PER_CONNECTION).await?;
    let rate = rate * BULK_ENTRIES as f64;
    println!("publish bulks of {BULK_ENTRIES}: {rate:.0} events/s, p99 {p99:.1?} per bulk");
    let start = Instant::now();
    measure(port, &bulk("delivered", &event, &dapr)?, BULKS_PER_CONNECTION).await?;
    sidecar.idle().await;
    let events = CONNECTIONS * BULKS_PER_CONNECTION * BULK_ENTRIES;
    let rate = events as f64 / start.elapsed().as_secs_f64();
    println!("publish in bulks and deliver: {rate:.0} events/s");
    sidecar.shutdown().await;
    Ok(())
}

/// A bulk whose events spread over the partitions.
fn bulk(topic: &str, event: &str, dapr: &DaprEndpoint) -> anyhow::Result<Request<Bytes>> {
    let entries = (0..BULK_ENTRIES)
        .map(|n| BulkEntry {
            entry_id: n.to_string(),
            event_json: event.to_owned(),
            content_type: CLOUD_EVENT_JSON.to_owned(),
            metadata: RequestMetadata::default().with_partition_key(&n.to_string()),
        })
        .collect();
    let metadata = RequestMetadata::default();
    let bulk = BulkPublishRequest { pubsub: "ps", topic, entries, metadata };
    bulk.to_http(dapr, BulkSupport::Stable)?.context("this form is a bulk call")
}

/// Requests per second over all connections, and the 99th percentile of their duration.
async fn measure(
    port: u16,
    request: &Request<Bytes>,
    requests: usize,
) -> anyhow::Result<(f64, Duration)> {
    let start = Instant::now();
    let connections: Vec<_> = (0..CONNECTIONS)
        .map(|_| tokio::spawn(send_repeatedly(port, request.clone(), requests)))
        .collect();
    let mut durations = Vec::new();
    for connection in connections {
        durations.extend(connection.await??);
    }
    let rate = durations.len() as f64 / start.elapsed().as_secs_f64();
    durations.sort_unstable();
    let p99 = durations[durations.len() * 99 / 100];
    Ok((rate, p99))
}

async fn send_repeatedly(
    port: u16,
    request: Request<Bytes>,
    requests: usize,
) -> anyhow::Result<Vec<Duration>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut durations = Vec::with_capacity(requests);
    for _ in 0..requests {
        let start = Instant::now();
        let response = sender.send_request(request.clone().map(Full::new)).await?;
        anyhow::ensure!(response.status() == StatusCode::NO_CONTENT, "{}", response.status());
        response.into_body().collect().await.context("no whole answer")?;
        durations.push(start.elapsed());
    }
    Ok(durations)
}

async fn accept_everything(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let service = service_fn(|request: Request<hyper::body::Incoming>| async move {
            let body = request.into_body().collect().await;
            let code = if body.is_ok() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
            let mut response = Response::new(Full::<Bytes>::default());
            *response.status_mut() = code;
            Ok::<_, Infallible>(response)
        });
        tokio::spawn(async move {
            let server = hyper::server::conn::http1::Builder::new();
            // The connection ends with the measurement.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}
