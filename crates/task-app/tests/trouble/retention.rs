//! How long what is done with is kept: for as long as a broker may bring a message again.

use bytes::Bytes;
use futures::executor::block_on;
use http::StatusCode;
use serde_json::{Value, json};
use task_app::{Platform, consume, operate};
use task_domain::UserId;
use task_store::change_set::InboxKey;
use task_store::{ChangeSet, CommitOutcome, Store};

use crate::requests::{get, post, request, with_token};
use crate::sidecar::Mood;
use crate::world::World;

const DAY_S: i64 = 24 * 60 * 60;

fn sweep(world: &World) {
    let tick = request("POST", "/cron/relay", Bytes::new());
    let answer = block_on(operate::handle_relay(world, &world.settings, &tick));
    assert_eq!(answer.status(), StatusCode::OK);
}

/// Whether a delivery of this event would find that it was consumed before. One that was not, is
/// from then on.
fn is_consumed(world: &World, event: &Value) -> bool {
    let text = |member: &str| event["data"][member].as_str().expect("text");
    let user = UserId(text("user_id").parse().expect("an id"));
    let inbox = Some(InboxKey { consumer: "recurrence", event_id: text("event_id").to_owned() });
    let change_set = ChangeSet { inbox, ..ChangeSet::new(world.mint(), user, world.now()) };
    let outcome = block_on(world.store().commit(&change_set)).expect("a database");
    outcome == CommitOutcome::AlreadyConsumed
}

/// The status with which the change feed answers a device that has nothing yet.
fn feed_from_its_beginning(world: &World) -> StatusCode {
    let token = world.sign_in("asad");
    world.call(&with_token(&token, get("/api/me/changes?after=0"))).status()
}

#[test]
fn inbox_keys_and_events_outlive_every_message_of_a_broker() {
    let world = World::new();
    let token = world.sign_up("asad");
    let body = json!({"title": "Again", "due_at": "2027-03-02T10:00:00Z", "recurrence": "daily"});
    world.call(&with_token(&token, post("/api/me/tasks", body)));
    world.call(&with_token(&token, post("/api/me/tasks/1/complete", json!({}))));
    world.drain();
    let event = world.sidecar.event("task.completed");
    let completed = post("/events/recurrence", event.clone());
    let consumer = async |event: &_| consume::make_next_instance(&world, event).await;
    block_on(consume::answer(&completed, &world.settings, consumer));

    // What the embedded sidecar keeps a message for, and Kafka by default.
    world.pass_s(7 * DAY_S);
    sweep(&world);
    assert!(is_consumed(&world, &event));
    assert_eq!(feed_from_its_beginning(&world), StatusCode::OK);

    world.pass_s(DAY_S + 1);
    sweep(&world);
    assert!(!is_consumed(&world, &event));
    assert_eq!(feed_from_its_beginning(&world), StatusCode::GONE);
}

#[test]
fn an_event_that_was_never_published_is_kept_for_good() {
    let world = World::new();
    let token = world.sign_up("asad");
    world.create_tasks(&token, 1);
    world.sidecar.mood.set(Mood::Gone);
    world.pass_s(100 * DAY_S);
    sweep(&world);
    world.sidecar.mood.set(Mood::Well);
    world.pass_s(DAY_S);
    world.drain();
    assert_eq!(world.sidecar.sequences(), [1]);
}
