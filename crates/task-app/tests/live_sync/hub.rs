//! The realtime hub: what it is told, and what becomes of a change that it does not take.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};

use crate::listener::Attention;
use crate::world::{HUB, World};

const USER: &str = "0190a4c5-7a3e-7cc0-8a8e-1f2e3d4c5b6a";

fn sync_event() -> Value {
    json!({
        "specversion": "1.0", "id": "0190a4c5-7a3e-7cc0-8a8e-000000000001",
        "source": "taskmaster/task-api", "type": "task.sync",
        "subject": format!("users/{USER}/tasks/7"), "time": "2027-03-01T09:00:00Z",
        "datacontenttype": "application/json", "sequence": "12",
        "data": {"seq": 12, "change": "delete", "task_id": 7, "task": null},
    })
}

fn deliver(world: &World, event: &Value) -> String {
    let mut request = http::Request::post("/events/sync");
    request = request.header("content-type", "application/cloudevents+json");
    let request = request.body(Bytes::from(event.to_string())).expect("a request");
    let seen = world.ask(&request, Attention::Stays);
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text());
    let answer: Value = serde_json::from_str(&seen.text()).expect("JSON");
    answer["status"].as_str().expect("a status").to_owned()
}

#[test]
fn the_hub_is_told_the_change_on_its_user_s_channel() {
    let world = World::new();
    assert_eq!(deliver(&world, &sync_event()), "SUCCESS");
    let posted = world.posted.borrow();
    assert_eq!(posted.len(), 1);
    assert_eq!(posted[0].uri().to_string(), format!("{HUB}/publish/{USER}"));
    assert_eq!(posted[0].headers()["x-eventsource-event"], "change");
    let body: Value = serde_json::from_slice(posted[0].body()).expect("JSON");
    assert_eq!(body, json!({"seq": 12, "change": "delete", "task_id": 7, "task": null}));
}

#[test]
fn a_change_that_the_hub_does_not_take_comes_again() {
    let world = World::new();
    for answer in [
        Ok(StatusCode::INTERNAL_SERVER_ERROR),
        Ok(StatusCode::BAD_GATEWAY),
        Err(Duration::from_secs(2)),
    ] {
        world.hub_answer.set(answer);
        assert_eq!(deliver(&world, &sync_event()), "RETRY", "{answer:?}");
    }
    world.hub_answer.set(Ok(StatusCode::ACCEPTED));
    assert_eq!(deliver(&world, &sync_event()), "SUCCESS");
}

#[test]
fn what_names_no_user_is_given_up_at_once() {
    let world = World::new();
    let mut event = sync_event();
    event["subject"] = json!("users/../admin/tasks/1");
    assert_eq!(deliver(&world, &event), "DROP");
    assert_eq!(deliver(&world, &json!("nonsense")), "DROP");
    assert!(world.posted.borrow().is_empty());
}
