//! A due reminder on its way to people: what reaches a browser, a mailbox and a program, what the
//! log says about it, and what happens when the other side is slow, broken or gone.
//!
//! Browser, program and mail binding are stood in for by servers of these tests, which check with
//! primitives of their own what they get.

mod arrival;
mod browser;
mod channels;
mod mailbox;
pub(crate) mod receiver;
mod scenario;
mod signature;
mod trouble;

use std::time::Duration;

use serde_json::{Value, json};
use test_support::{App, AppBuilder, Call, Client, eventually};

const EVENT: &str = include_str!("../../../fixtures/events/reminder.due.json");

/// Signs what push services get; any key will do.
const VAPID_PRIVATE_KEY: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";

/// From the event to the last channel.
const AT_ONCE: Duration = Duration::from_secs(2);

/// An app that may send to the servers of these tests, and has every kind of channel.
pub(crate) fn notifying() -> AppBuilder {
    App::builder()
        .variable("webhook_allow_http", "true")
        .variable("webhook_http_hosts", "http://*:*")
        .variable("public_url", "https://tasks.example.org")
        .variable("vapid_private_key", VAPID_PRIVATE_KEY)
        .variable("vapid_subject", "mailto:ops@example.org")
        .variable("email_binding", "mail")
        .variable("email_from", "tasks@example.org")
}

/// The event of a reminder of this user; each number is a reminder of its own.
pub(crate) fn due(client: &Client, number: u32) -> Value {
    let mut event: Value = serde_json::from_str(EVENT).expect("the fixture");
    let id = format!("2d7c1f2c-4d0c-5a6e-9a53-{number:012x}");
    event["id"] = json!(id);
    event["data"]["event_id"] = json!(id);
    event["data"]["user_id"] = json!(client.user_id());
    event
}

/// An event, as Dapr brings it.
pub(crate) fn delivered(event: &Value) -> Call {
    Call::new("POST", "/events/notify")
        .header("content-type", "application/cloudevents+json")
        .bytes(event.to_string().into_bytes())
}

/// A reminder falls due.
#[track_caller]
fn ring(client: &Client, number: u32) {
    let answer = client.anonymous().call(delivered(&due(client, number))).expect(200);
    assert_eq!(answer.json()["status"], "SUCCESS");
}

/// Adds a webhook, and gives the channel as the answer shows it.
#[track_caller]
pub(crate) fn add_webhook(client: &Client, url: &str) -> Value {
    add(client, json!({"type": "webhook", "url": url}))
}

#[track_caller]
fn add(client: &Client, channel: Value) -> Value {
    client.call(Call::post("/api/me/channels", channel)).expect(201).json()
}

#[track_caller]
fn channels(client: &Client) -> Vec<Value> {
    let list = client.get("/api/me/channels").expect(200).json();
    list["channels"].as_array().cloned().unwrap_or_default()
}

/// The delivery log, the latest first.
#[track_caller]
pub(crate) fn log(client: &Client) -> Vec<Value> {
    let list = client.get("/api/me/deliveries").expect(200).json();
    list["deliveries"].as_array().cloned().unwrap_or_default()
}

/// The delivery to a channel, once it is in this state.
#[track_caller]
fn once(client: &Client, channel: &Value, state: &str) -> Value {
    eventually(&format!("a delivery that is {state}"), || {
        log(client)
            .into_iter()
            .find(|delivery| delivery["channel_id"] == channel["id"] && delivery["state"] == state)
    })
}
