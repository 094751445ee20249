//! What is measured: the works, in which order, on which data.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use futures::future::try_join_all;
use http::Method;

use crate::client::Client;
use crate::figures::Figures;
use crate::measure::{self, Repeated};
use crate::server::{Publishing, Server};

/// Keep-alive connections, each of a user of its own.
pub(crate) const CONNECTIONS: usize = 16;
/// Enough that a page of 20 is a choice among them.
const SEEDED_TASKS: usize = 100;
/// Whatever is left in the outbox after a run must be out by then.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(120);
const DRAIN_POLL: Duration = Duration::from_millis(50);

pub(crate) const LIST: &str = "list 20";
pub(crate) const CREATE: &str = "create";
pub(crate) const CREATE_AND_PUBLISH: &str = "create+publish";
pub(crate) const PUBLISHED: &str = "published until drained";

const TASK: &str = r#"{"title":"Water plants","description":"The ones on the balcony too",
    "priority":"high","tags":["home","plants"],"due_at":"2027-01-31T09:00:00Z",
    "recurrence":"monthly"}"#;

/// Runs what fits the server's mode.
pub(crate) async fn run(
    server: &Server,
    publishing: Publishing,
    span: Duration,
) -> Result<Vec<Figures>> {
    let mut clients = sign_up_all(server).await?;
    match publishing {
        Publishing::Off => {
            for client in &mut clients {
                seed(client).await?;
            }
            let list = Repeated {
                method: Method::GET,
                path: "/api/me/tasks?limit=20",
                body: Bytes::new(),
            };
            let listed = one(server, &mut clients, LIST, &list, span).await?;
            Ok(vec![listed, one(server, &mut clients, CREATE, &create(), span).await?])
        }
        Publishing::On => {
            let started = Instant::now();
            let created = one(server, &mut clients, CREATE_AND_PUBLISH, &create(), span).await?;
            Ok(vec![created, drained(server, &mut clients, started).await?])
        }
    }
}

async fn sign_up_all(server: &Server) -> Result<Vec<Client>> {
    try_join_all((0..CONNECTIONS).map(|number| async move {
        let mut client = Client::connect(server.authority()).await?;
        client.sign_up(&format!("user{number}@example.com")).await?;
        Ok(client)
    }))
    .await
}

fn create() -> Repeated {
    Repeated {
        method: Method::POST,
        path: "/api/me/tasks",
        body: Bytes::from_static(TASK.as_bytes()),
    }
}

async fn seed(client: &mut Client) -> Result<()> {
    let create = create();
    for _ in 0..SEEDED_TASKS {
        client.send(create.method.clone(), create.path, create.body.clone()).await?;
    }
    Ok(())
}

async fn one(
    server: &Server,
    clients: &mut [Client],
    work: &'static str,
    request: &Repeated,
    span: Duration,
) -> Result<Figures> {
    let measured =
        measure::closed_loop(clients, request, span).await.with_context(|| work.to_owned())?;
    let latencies = &measured.latencies;
    Ok(Figures {
        work,
        per_second: latencies.count() as f64 / measured.elapsed.as_secs_f64(),
        p50: latencies.percentile(50),
        p99: latencies.percentile(99),
        max: latencies.percentile(100),
        rss_mib: server.rss_mib(),
    })
}

/// Waits until nothing is pending; the rate counts from the first create to the last publish.
async fn drained(server: &Server, clients: &mut [Client], started: Instant) -> Result<Figures> {
    let client = clients.first_mut().context("there is no connection")?;
    let last_create = Instant::now();
    loop {
        let text = client.send(Method::GET, "/metrics", Bytes::new()).await?;
        let text = String::from_utf8_lossy(&text).into_owned();
        if gauge(&text, "taskmaster_outbox_pending")? == 0.0 {
            let published = gauge(&text, "taskmaster_events_published_total")?;
            let lag = last_create.elapsed();
            return Ok(Figures {
                work: PUBLISHED,
                per_second: published / started.elapsed().as_secs_f64(),
                p50: lag,
                p99: lag,
                max: lag,
                rss_mib: server.rss_mib(),
            });
        }
        if last_create.elapsed() > DRAIN_TIMEOUT {
            bail!("the outbox is not empty {DRAIN_TIMEOUT:?} after the last create");
        }
        tokio::time::sleep(DRAIN_POLL).await;
    }
}

/// The sum of all series of a metric in Prometheus text.
fn gauge(text: &str, name: &str) -> Result<f64> {
    let mut values = text.lines().filter_map(|line| {
        let rest = line.strip_prefix(name)?;
        let rest = if rest.starts_with('{') { rest.split_once('}')?.1 } else { rest };
        rest.strip_prefix(' ')?.trim().parse::<f64>().ok()
    });
    let first = values.next().with_context(|| format!("/metrics has no {name}"))?;
    Ok(values.fold(first, |sum, value| sum + value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_is_the_sum_of_its_series() {
        let text = "# TYPE a_total counter\na_total{topic=\"x\"} 2\na_total{topic=\"y\"} 3\n\
                    a_total_other 9\nb 0\n";
        assert_eq!(gauge(text, "a_total").unwrap(), 5.0);
        assert_eq!(gauge(text, "b").unwrap(), 0.0);
        assert!(gauge(text, "c").is_err());
    }
}
