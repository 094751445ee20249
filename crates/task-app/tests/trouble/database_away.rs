//! The database is away: whoever asks is told to come again, and nothing that was delivered counts
//! as consumed.

use bytes::Bytes;
use dapr_protocol::DeliveryAnswer;
use futures::executor::block_on;
use http::{StatusCode, header};
use serde_json::{Value, json};
use task_app::operate::{handle_edge, handle_relay};
use task_app::{Request, Response, Settings, consume, notify, remind, sync};
use task_store::DbError;

use crate::clockwork::Whole;
use crate::requests::{PASSWORD, get, post, request, with_token};
use crate::world::{ADMIN_TOKEN, Caller, World, json_body};

const OPENAPI: &str = include_str!("../../openapi.json");
const SOME_ID: &str = "0198a0c0-0000-7000-8000-000000000001";

/// An app in which everything has happened that a component may be told of.
fn eventful() -> (World, String) {
    let world = World::new();
    let token = world.sign_up("asad");
    let body = json!({
        "title": "Again", "due_at": "2027-03-01T10:00:00Z", "recurrence": "daily",
        "reminders": [{"before": "PT15M"}],
    });
    let create = with_token(&token, post("/api/me/tasks", body));
    for _ in 0..2 {
        assert_eq!(world.call(&create).status(), StatusCode::CREATED);
    }
    let complete = with_token(&token, post("/api/me/tasks/1/complete", json!({})));
    assert_eq!(world.call(&complete).status(), StatusCode::OK);
    world.pass_s(3_600);
    let swept = block_on(remind::handle(&world, &world.settings, &tick("/cron/reminders")));
    assert_eq!(swept.status(), StatusCode::OK);
    world.drain();
    (world, token)
}

fn tick(path: &str) -> Request {
    request("POST", path, Bytes::new())
}

/// Every call of the API's own description, with a body that is right.
fn calls(token: &str) -> Vec<(String, Request)> {
    let document: Value = serde_json::from_str(OPENAPI).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let mut calls = Vec::new();
    for (path, methods) in paths {
        let path = path.replace("{user}", "me").replace("{id}", "1");
        let path = ["{channel}", "{delivery}", "{import_id}"]
            .iter()
            .fold(path, |path, parameter| path.replace(parameter, SOME_ID));
        for (method, operation) in methods.as_object().expect("methods") {
            let Some(name) = operation["operationId"].as_str() else { continue };
            let query = if name == "importTasks" { "?format=csv" } else { "" };
            let path = format!("{path}{query}");
            let call = request(&method.to_uppercase(), &path, body(name));
            calls.push((name.to_owned(), with_token(token, call)));
        }
    }
    calls
}

fn body(operation: &str) -> Bytes {
    let body = match operation {
        "signUp" | "signIn" => json!({"email": "bina@example.org", "password": PASSWORD}),
        "createTask" | "replaceTask" | "changeTask" => json!({"title": "New"}),
        "setCompleted" => json!({"completed": true}),
        "setPassword" => json!({"current_password": PASSWORD, "new_password": "another horse"}),
        "deleteAccount" => json!({ "password": PASSWORD }),
        "changeProfile" => json!({"name": "Asad"}),
        "replaceChannels" => json!({"channels": []}),
        "addChannel" => json!({"type": "webhook", "url": "https://example.org/hook"}),
        "previewRecurrence" => json!({"rule": "FREQ=DAILY", "due_at": "2027-03-01T10:00:00Z"}),
        "importTasks" => return Bytes::from_static(b"title\nOne\n"),
        _ => return Bytes::new(),
    };
    Bytes::from(body.to_string())
}

fn is_live_sync(request: &Request) -> bool {
    request.uri().path().starts_with("/api/me/sync")
}

fn ask(world: &World, request: &Request) -> Response {
    if !is_live_sync(request) {
        return world.call(request);
    }
    let (head, body) = request.clone().into_parts();
    let head = http::Request::from_parts(head, ());
    let answer = std::cell::RefCell::default();
    block_on(sync::handle(world, &world.settings, &head, Whole(Some(body)), Caller(&answer)));
    answer.take().expect("an answer")
}

#[track_caller]
fn assert_come_again(name: &str, answer: &Response) {
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE, "{name}: {answer:?}");
    assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/problem+json", "{name}");
    assert_eq!(answer.headers()[header::RETRY_AFTER], "1", "{name}");
    assert_eq!(json_body(answer)["type"], "urn:taskmaster:problem:unavailable", "{name}");
}

fn failures() -> [DbError; 2] {
    [
        DbError::Unavailable("the pool is exhausted".to_owned()),
        DbError::Unanswered("the connection broke".to_owned()),
    ]
}

#[test]
fn every_call_is_told_to_come_again() {
    let (world, token) = eventful();
    let calls = calls(&token);
    assert!(calls.len() > 35, "{} calls", calls.len());
    for failure in failures() {
        world.set_database(Some(failure));
        for (name, request) in &calls {
            assert_come_again(name, &ask(&world, request));
        }
    }
    world.set_database(None);
    let tasks = json_body(&world.call(&with_token(&token, get("/api/me/tasks"))));
    assert_eq!(tasks["total"], 2, "nothing was changed meanwhile");
}

#[test]
fn operators_are_told_to_come_again() {
    let world = World::new();
    for failure in failures() {
        world.set_database(Some(failure));
        for path in ["/readyz", "/metrics"] {
            let answer = block_on(handle_edge(&world, &world.settings, &get(path)));
            assert_come_again(path, &answer);
        }
        for (method, path) in [
            ("GET", "/admin/dead-letters"),
            ("GET", "/admin/dead-letters/1"),
            ("POST", "/admin/dead-letters/1/replay"),
        ] {
            let asked = with_token(ADMIN_TOKEN, request(method, path, Bytes::new()));
            assert_come_again(path, &block_on(handle_relay(&world, &world.settings, &asked)));
        }
    }
}

#[test]
fn health_and_subscriptions_need_no_database() {
    let world = World::new();
    world.set_database(failures().into_iter().next());
    for path in ["/healthz", "/dapr/subscribe"] {
        let answer = block_on(handle_edge(&world, &world.settings, &get(path)));
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
    }
}

type Component = fn(&World, &Settings, &Request) -> Response;

fn recurrence(world: &World, settings: &Settings, request: &Request) -> Response {
    let consumer = async |event: &_| consume::make_next_instance(world, event).await;
    block_on(consume::answer(request, settings, consumer))
}

fn reminder(world: &World, settings: &Settings, request: &Request) -> Response {
    block_on(remind::handle(world, settings, request))
}

fn notifier(world: &World, settings: &Settings, request: &Request) -> Response {
    block_on(notify::handle(world, settings, request))
}

fn relay(world: &World, settings: &Settings, request: &Request) -> Response {
    block_on(handle_relay(world, settings, request))
}

/// Whatever Dapr brings that leads to the database.
fn deliveries(world: &World) -> Vec<(Component, Request)> {
    let event = |path: &str, event_type: &str| post(path, world.sidecar.event(event_type));
    let user = world.sidecar.event("task.created")["data"]["user_id"].clone();
    let job = format!("r-{}-2-1-1", user.as_str().expect("a user"));
    vec![
        (recurrence, event("/events/recurrence", "task.completed")),
        (reminder, event("/events/reminder", "task.created")),
        (reminder, tick(&format!("/job/{job}"))),
        (reminder, post("/api/jobs/trigger", json!({ "name": job }))),
        (reminder, tick("/cron/reminders")),
        (notifier, event("/events/notify", "reminder.due")),
        (notifier, tick("/cron/deliveries")),
        (relay, event("/events/dead-letter", "task.created")),
        (relay, tick("/cron/relay")),
    ]
}

/// What Dapr makes of it. A status of its own and a word in the body are the same to it.
fn is_brought_again(answer: &Response) -> bool {
    matches!(DeliveryAnswer::read(answer), DeliveryAnswer::Retry { .. })
}

#[test]
fn whatever_dapr_brings_comes_again() {
    let (mut world, _) = eventful();
    // Else the tick does nothing: messages leave after the answer that caused them.
    world.settings.notification.sending = notify::Sending::InTick;
    for failure in failures() {
        world.set_database(Some(failure));
        for (component, delivery) in deliveries(&world) {
            let answer = component(&world, &world.settings, &delivery);
            let path = delivery.uri();
            assert!(is_brought_again(&answer), "{path}: {answer:?}");
            assert_ne!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
    world.set_database(None);
    for (component, delivery) in deliveries(&world) {
        let answer = component(&world, &world.settings, &delivery);
        assert_eq!(DeliveryAnswer::read(&answer), DeliveryAnswer::Ack, "{}", delivery.uri());
    }
}
