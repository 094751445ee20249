//! The bodies that people send: plain and recurring tasks, some of which ring within the run.

use std::time::{Duration, Instant};

use chrono::{SecondsFormat, TimeDelta};
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use crate::run::{Run, now};

/// Reminders that ring within the run, or before it has settled.
const RINGS_WITHIN_MS: (i64, i64) = (1_500, 8_000);
/// Longer than the latest of them is away.
const REST: Duration = Duration::from_secs(9);
/// The instant of series that are of no interest for their reminders: far off.
const FAR: &str = "2027-01-31T09:00:00Z";
const RULES: [&str; 4] = ["daily", "weekly", "monthly", "FREQ=DAILY;INTERVAL=3"];

/// A new task. Its title begins with the mark of its user.
pub(super) fn new_task(dice: &mut StdRng, title: &str, run: &Run) -> Value {
    let mut body = json!({ "title": title });
    if dice.random_bool(0.6) {
        recurring(dice, &mut body, run);
    } else if dice.random_bool(0.4) {
        body["reminders"] = json!([{"at": soon(dice, run)}]);
    }
    body
}

/// Until when a task that is to ring soon is left alone, as most are that somebody wants to
/// be reminded of.
pub(super) fn rest(dice: &mut StdRng, body: &Value) -> Option<Instant> {
    let rings_soon = body["reminders"].is_array();
    (rings_soon && dice.random_bool(0.7)).then(|| Instant::now() + REST)
}

/// A change that changes something in any case: the title is one that no task ever had.
pub(super) fn change(dice: &mut StdRng, title: &str, run: &Run) -> Value {
    let mut body = json!({ "title": title });
    match dice.random_range(0..4) {
        0 => body["reminders"] = json!([{"at": soon(dice, run)}]),
        1 => body["reminders"] = json!([]),
        2 => body["priority"] = json!("urgent"),
        _ => {}
    }
    body
}

fn recurring(dice: &mut StdRng, body: &mut Value, run: &Run) {
    let rule = RULES[dice.random_range(0..RULES.len())];
    match dice.random_range(0..4) {
        // Some come to an end.
        0 => body["recurrence"] = json!({"rule": "FREQ=DAILY", "count": dice.random_range(1..=4)}),
        _ => body["recurrence"] = json!(rule),
    }
    if dice.random_bool(0.25) {
        body["due_at"] = json!(soon(dice, run));
        body["reminders"] = json!([{"before": "PT1S"}]);
    } else {
        body["due_at"] = json!(FAR);
    }
}

fn soon(dice: &mut StdRng, run: &Run) -> String {
    let lead = dice.random_range(RINGS_WITHIN_MS.0..=RINGS_WITHIN_MS.1);
    let at = now() + TimeDelta::milliseconds(lead);
    run.expects_ring(at);
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}
