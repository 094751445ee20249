//! More comes than can go on: a sidecar that is away, and a backlog.

mod backlog;
mod outage;

use test_support::Client;

/// A figure of `/metrics`.
#[track_caller]
fn metric(client: &Client, name: &str) -> f64 {
    let metrics = client.get("/metrics").expect(200).text();
    let value = metrics.lines().find_map(|line| {
        line.strip_prefix("taskmaster_")?.strip_prefix(name)?.strip_prefix(' ')?.parse().ok()
    });
    value.unwrap_or_else(|| panic!("no {name} in:\n{metrics}"))
}
