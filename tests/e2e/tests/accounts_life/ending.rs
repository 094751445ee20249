//! The end of an account: what is on its way meets nobody, and what is left goes.

use std::thread;

use serde_json::{Value, json};
use task_contracts::names::{EventType, Topic};
use test_support::{App, Call, Client, eventually};

fn delete(client: &Client, body: Value) -> u16 {
    client.call(Call::new("DELETE", "/api/me/profile").json(body)).status
}

fn delete_with_password(client: &Client) {
    assert_eq!(delete(client, json!({"password": client.password()})), 204);
}

/// The user's events of this type that reached the topic.
fn published(app: &App, user: &Client, wanted: &EventType) -> Vec<Value> {
    let events = app.topics().of_user(user.user_id()).into_iter();
    events.filter(|event| event["type"] == wanted.as_str()).collect()
}

#[test]
fn an_ended_account_admits_nobody_and_its_address_is_free() {
    let app = App::start();
    let client = app.client().sign_up("ada@example.org");
    client.create(json!({"title": "Mine", "due_at": "2100-01-01T09:00:00Z"}));
    assert_eq!(delete(&client, json!({})), 422);
    assert_eq!(delete(&client, json!({"password": "wrong"})), 422);
    delete_with_password(&client);
    for path in ["/api/me/tasks", "/api/me/profile", "/api/me/changes", "/api/me/tasks/stats"] {
        client.get(path).expect(401).problem_fields();
    }
    client.call(Call::post("/api/me/tasks", json!({"title": "Too late"}))).expect(401);
    assert_eq!(delete(&client, json!({"password": client.password()})), 401);
    let credentials = json!({"email": client.email(), "password": client.password()});
    app.client().call(Call::post("/api/auth/signin", credentials)).expect(401);
    let next = app.client().sign_up("ada@example.org");
    assert_ne!(next.user_id(), client.user_id());
    assert_eq!(next.tasks().len(), 0);

    app.wait_until_quiet();
    let told = published(&app, &client, &EventType::UserDeleted);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["subject"], format!("users/{}", client.user_id()));
    assert_eq!(told[0]["data"]["user_id"], client.user_id());
    app.stop();
}

#[test]
fn what_is_written_while_the_account_ends_is_done_before_it_or_not_at_all() {
    let app = App::start();
    let client = app.client().sign_up("busy@example.org");
    let created = thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let create = || client.call(Call::post("/api/me/tasks", json!({"title": "One more"})));
            let answers = std::iter::repeat_with(create).map(|answer| answer.status);
            let mut statuses = answers.inspect(|status| assert!([201, 401].contains(status)));
            statuses.by_ref().take_while(|status| *status == 201).count()
        });
        eventually("some tasks are there", || {
            let page = client.get("/api/me/tasks").json();
            (page["total"].as_u64() >= Some(3)).then_some(())
        });
        delete_with_password(&client);
        writer.join().expect("the writer meets the end")
    });
    app.wait_until_quiet();
    // Every task that was acknowledged was told of, and none after the end.
    assert_eq!(published(&app, &client, &EventType::TaskCreated).len(), created);
    assert_eq!(published(&app, &client, &EventType::UserDeleted).len(), 1);
    app.stop();
}

#[test]
fn an_event_that_arrives_after_the_end_changes_nothing() {
    let app = App::builder().offering_the_sidecar().start();
    let client = app.client().sign_up("late@example.org");
    let task = client.create(json!({
        "title": "Again", "due_at": "2027-01-31T09:00:00Z", "recurrence": "daily",
    }));
    client.complete(&task["id"]);
    eventually("a next instance", || client.next_instance(&task));
    app.wait_until_quiet();
    // The same completion as a message of its own, which no inbox knows.
    let mut late = published(&app, &client, &EventType::TaskCompleted).remove(0);
    let id = json!("0190a1b2-0000-7000-8000-00000000fade");
    late["data"]["event_id"] = id.clone();
    late["id"] = id;
    delete_with_password(&client);
    app.broker().publish(Topic::TaskEvents.as_str(), &late, client.user_id());
    app.wait_until_quiet();
    assert_eq!(published(&app, &client, &EventType::TaskCreated).len(), 2);
    let letters = app.operator().get("/admin/dead-letters").expect(200).json();
    assert_eq!(letters["dead_letters"].as_array().map(Vec::len), Some(0), "{letters}");
    app.stop();
}
