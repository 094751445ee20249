//! `/metrics`: the figures that live in tables, in Prometheus' text format. Requests, errors and
//! durations are the host's to count.

use std::fmt::Write;

use http::{HeaderValue, header};
use task_store::Store;
use task_store::operations::Gauges;

use crate::{Platform, Problem, Response};

pub(super) async fn answer<P: Platform>(platform: &P) -> Response {
    match platform.store().gauges(platform.now()).await {
        Ok(gauges) => {
            let mut response = Response::new(exposition(&gauges).into());
            let format = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
            response.headers_mut().insert(header::CONTENT_TYPE, format);
            response
        }
        Err(error) => Problem::from(error).into_response(),
    }
}

fn exposition(gauges: &Gauges) -> String {
    let seconds = |ms: u64| ms as f64 / 1_000.0;
    let figures: [(&str, &str, &str, f64); 13] = [
        ("outbox_pending", "gauge", "Events not yet published", gauges.outbox_pending as f64),
        (
            "outbox_oldest_age_seconds",
            "gauge",
            "Age of the oldest event not yet published",
            seconds(gauges.outbox_oldest_age_ms),
        ),
        (
            "events_published_total",
            "counter",
            "Events acknowledged by the sidecar, counted for each topic",
            gauges.published_total as f64,
        ),
        (
            "publish_failures",
            "gauge",
            "Batches in a row that the sidecar did not take",
            f64::from(gauges.publish_failures),
        ),
        (
            "publish_pause_seconds",
            "gauge",
            "Until the sidecar is tried again",
            seconds(gauges.publish_pause_ms),
        ),
        ("events_parked", "gauge", "Events taken out of the outbox", gauges.parked as f64),
        ("dead_letters", "gauge", "Messages given up on", gauges.dead_letters as f64),
        ("users", "gauge", "Accounts", gauges.users as f64),
        ("tasks", "gauge", "Tasks", gauges.tasks as f64),
        ("reminders_pending", "gauge", "Reminders to come", gauges.reminders_pending as f64),
        (
            "reminders_overdue",
            "gauge",
            "Reminders whose instant has passed unrung",
            gauges.reminders_overdue as f64,
        ),
        ("deliveries_pending", "gauge", "Deliveries to send", gauges.deliveries_pending as f64),
        ("deliveries_failed", "gauge", "Deliveries given up on", gauges.deliveries_failed as f64),
    ];
    let mut text = String::new();
    for (name, kind, help, value) in figures {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# HELP taskmaster_{name} {help}");
        let _ = writeln!(text, "# TYPE taskmaster_{name} {kind}");
        let _ = writeln!(text, "taskmaster_{name} {value}");
    }
    text
}
