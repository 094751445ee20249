//! What the scheduler hears while the reminder it hears of ends.

use bytes::Bytes;
use serde_json::{Value, json};
use task_app::Request;
use task_contracts::names::route;

use crate::requests::{post, request, with_token};
use crate::world::{World, json_body};

/// Somebody's task that rings, and the event that says so, as it is delivered.
fn ringing_task(world: &World) -> (Request, Request) {
    let token = world.sign_up("asad");
    let task = json!({"title": "Dentist", "due_at": "2027-03-02T09:00:00Z"});
    let created = json_body(&world.call(&with_token(&token, post("/api/me/tasks", task))));
    world.drain();
    let deletion = request("DELETE", &format!("/api/me/tasks/{}", created["id"]), Bytes::new());
    (with_token(&token, deletion), delivery(&world.sidecar.event("task.created")))
}

fn delivery(event: &Value) -> Request {
    post(route::REMINDER, event.clone())
}

#[test]
fn a_job_is_set_and_taken_back_with_its_reminder() {
    let world = World::new();
    let (deletion, created) = ringing_task(&world);
    world.call(&created);
    assert_eq!(world.sidecar.jobs.borrow().len(), 1);
    world.call(&deletion);
    world.drain();
    world.call(&delivery(&world.sidecar.event("task.deleted")));
    assert!(world.sidecar.jobs.borrow().is_empty());
}

#[test]
fn a_job_whose_task_goes_while_it_is_set_does_not_stay() {
    let world = World::new();
    let (deletion, created) = ringing_task(&world);
    world.meanwhile.replace(vec![deletion]);
    world.call(&created);
    assert!(world.sidecar.jobs.borrow().is_empty());
}

/// The event of the end overtakes the setting of the job: by then nobody knows the reminder.
#[test]
fn a_job_that_is_set_after_the_end_was_told_does_not_stay() {
    let world = World::new();
    let (deletion, created) = ringing_task(&world);
    // Which event it is does not matter: it only says where to look.
    world.meanwhile.replace(vec![deletion, created.clone()]);
    world.call(&created);
    assert!(world.sidecar.jobs.borrow().is_empty());
}
