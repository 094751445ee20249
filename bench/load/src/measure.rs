//! A closed loop: every connection sends its next request when it has its answer.

use std::time::{Duration, Instant};

use anyhow::Result;
use bytes::Bytes;
use futures::future::try_join_all;
use http::Method;

use crate::client::Client;
use crate::figures::Latencies;

/// Caches fill and branch predictors learn; what comes before is not counted.
const WARM_UP: Duration = Duration::from_secs(2);

/// The request that a measurement repeats.
pub(crate) struct Repeated {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) body: Bytes,
}

pub(crate) struct Measured {
    pub(crate) latencies: Latencies,
    pub(crate) elapsed: Duration,
}

/// Repeats the request on all connections for `span`, after a warm-up.
pub(crate) async fn closed_loop(
    clients: &mut [Client],
    request: &Repeated,
    span: Duration,
) -> Result<Measured> {
    let start = Instant::now() + WARM_UP;
    let end = start + span;
    let connections = clients.iter_mut().map(|client| one_connection(client, request, start, end));
    let latencies_us = try_join_all(connections).await?.concat();
    let elapsed = start.elapsed();
    Ok(Measured { latencies: Latencies::of(latencies_us), elapsed })
}

async fn one_connection(
    client: &mut Client,
    request: &Repeated,
    start: Instant,
    end: Instant,
) -> Result<Vec<u32>> {
    let mut latencies_us = Vec::new();
    loop {
        let sent = Instant::now();
        if sent >= end {
            return Ok(latencies_us);
        }
        client.send(request.method.clone(), request.path, request.body.clone()).await?;
        if sent >= start {
            let us = sent.elapsed().as_micros();
            latencies_us.push(u32::try_from(us).unwrap_or(u32::MAX));
        }
    }
}
