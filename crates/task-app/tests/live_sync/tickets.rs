//! Tickets: what opens a stream where no header can be sent.

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};

use crate::listener::Attention;
use crate::world::{PASSWORD, World, request};

fn ticket(world: &World, token: &str) -> String {
    let seen =
        world.ask(&request(Method::POST, "/api/me/sync/ticket", token, None), Attention::Stays);
    assert_eq!(seen.status.as_u16(), 200);
    let body: Value = serde_json::from_str(&seen.text()).expect("JSON");
    assert_eq!(body["expires_in"], 60);
    body["ticket"].as_str().expect("a ticket").to_owned()
}

fn check(world: &World, user: &str, ticket: &str) -> u16 {
    world.get(&format!("/api/{user}/sync/ticket?ticket={ticket}"), "").status.as_u16()
}

#[test]
fn a_ticket_opens_the_stream_of_its_user_for_a_minute() {
    let world = World::new();
    let token = world.sign_up("a@example.org");
    world.create_task(&token, "one");
    let ticket = ticket(&world, &token);
    let path = format!("/api/me/sync?after=0&ticket={ticket}");
    assert_eq!(check(&world, "me", &ticket), 204);
    world.pass(TimeDelta::seconds(59));
    assert_eq!(check(&world, "me", &ticket), 204);
    // Good at the door is good for the whole stream.
    let seen = world.get(&path, "");
    assert_eq!(seen.changes(), [1]);
    assert!(seen.lasted > TimeDelta::minutes(4));
    assert_eq!(world.get(&path, "").status.as_u16(), 401);
    assert_eq!(check(&world, "me", &ticket), 401);
}

#[test]
fn a_ticket_opens_nothing_else() {
    let world = World::new();
    let token = world.sign_up("a@example.org");
    let ticket = ticket(&world, &token);
    let other = "0190a4c5-7a3e-7cc0-8a8e-1f2e3d4c5b6a";
    assert_eq!(check(&world, other, &ticket), 403);
    let status = |answer: task_app::Response| answer.status().as_u16();
    assert_eq!(status(world.call(&request(Method::GET, "/api/me/tasks", &ticket, None))), 401);
    // Nor does it make another ticket, or stand in for the token of a stream.
    let more = request(Method::POST, "/api/me/sync/ticket", &ticket, None);
    assert_eq!(world.ask(&more, Attention::Stays).status.as_u16(), 401);
    assert_eq!(world.get("/api/me/sync", &ticket).status.as_u16(), 401);
}

#[test]
fn only_a_ticket_is_a_ticket() {
    let world = World::new();
    let token = world.sign_up("a@example.org");
    assert_eq!(check(&world, "me", &token), 401);
    assert_eq!(check(&world, "me", "nonsense"), 401);
    assert_eq!(check(&world, "me", ""), 401);
    // Whoever can send the header needs none.
    assert_eq!(world.get("/api/me/sync/ticket", &token).status.as_u16(), 204);
    assert_eq!(world.get("/api/me/sync/ticket", "").status.as_u16(), 401);
}

#[test]
fn a_ticket_is_of_the_password_s_epoch() {
    let world = World::new();
    let token = world.sign_up("a@example.org");
    let ticket = ticket(&world, &token);
    let body = json!({"current_password": PASSWORD, "new_password": "another horse"});
    let changed = world.call(&request(Method::PUT, "/api/me/password", &token, Some(body)));
    assert_eq!(changed.status().as_u16(), 200);
    assert_eq!(check(&world, "me", &ticket), 401);
    assert_eq!(world.get(&format!("/api/me/sync?ticket={ticket}"), "").status.as_u16(), 401);
}
