//! A database of the first TaskMaster becomes one of this release: its people sign in as before and
//! find their tasks.
#![expect(clippy::unwrap_used, reason = "a test tells what went wrong by its panic")]

use std::sync::Arc;

use migrate::Migrate;
use serde_json::{Value, json};
use test_support::{App, Call, Client, DataFolder, Engine};

const ORIGIN: &str = include_str!("origin.sql");
const AYESHA: &str = "ayesha@example.org";
const PASSWORD: &str = "correct horse";

/// The database of the first TaskMaster, and what `cargo xtask migrate` made of it.
fn brought() -> Arc<DataFolder> {
    let data = Arc::new(DataFolder::on(Engine::Postgres));
    data.database().run(ORIGIN);
    migrate(&data);
    data
}

fn migrate(data: &DataFolder) {
    let variables = data.database().variables();
    let url = variables.into_iter().find(|(name, _)| *name == "postgres_url").unwrap().1;
    let migrate =
        Migrate { postgres_url: url, app_role: None, from_origin: Some("public".to_owned()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(migrate.run()).unwrap();
}

fn sign_in(app: &App, email: &str) -> Client {
    let body = json!({"email": email, "password": PASSWORD});
    let answer = app.client().call(Call::post("/api/auth/signin", body)).expect(200).json();
    app.client().with_token(answer["access_token"].as_str().unwrap())
}

fn tasks(client: &Client) -> Vec<Value> {
    client.get("/api/me/tasks?sort=created").expect(200).json()["tasks"].as_array().unwrap().clone()
}

#[test]
fn people_of_the_first_taskmaster_find_their_tasks() {
    let app = App::builder().on(brought()).start();
    let client = sign_in(&app, AYESHA);
    let tasks = tasks(&client);
    let titles: Vec<_> = tasks.iter().map(|task| task["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Water the plants", "دودھ خریدیں", "Stand-up"]);
    assert_eq!(tasks[0]["due_at"], "2027-01-31T09:00:00Z");
    assert_eq!(tasks[0]["created_at"], "2026-01-04T09:00:00Z");
    assert_eq!(tasks[1]["completed_at"], "2026-01-06T10:30:00Z");
    assert_eq!(tasks[2]["recurrence"]["rule"], "FREQ=WEEKLY;BYDAY=MO");
    client.complete(&tasks[0]["id"]);
    let ledger = app.settle();
    assert_eq!(ledger.tasks.len(), 5, "four were brought, and the completed one comes again");
    assert_eq!(ledger.events.len(), 6, "each was told of, and the completion with its successor");
    app.stop();
}

#[test]
fn bringing_them_again_brings_only_what_is_new() {
    let data = brought();
    data.database().run(
        "INSERT INTO public.tasks (id, user_id, title) VALUES
         ('7a6d0000-0000-4000-8000-000000000005', '0b5e6c0e-2f63-4b0a-9a51-1f2f7a4f0002', 'Later')",
    );
    migrate(&data);
    let app = App::builder().on(data).start();
    let titles: Vec<_> =
        tasks(&sign_in(&app, "bilal@example.org")).iter().map(|it| it["title"].clone()).collect();
    assert_eq!(titles, ["Call mom", "Later"]);
    assert_eq!(app.settle().users.len(), 2);
    app.stop();
}

#[test]
fn a_password_signs_in_again_after_its_hash_was_made_anew() {
    let app = App::builder().on(brought()).start();
    sign_in(&app, AYESHA);
    let client = sign_in(&app, AYESHA);
    assert_eq!(tasks(&client).len(), 3);
    let wrong = json!({"email": AYESHA, "password": "wrong horse"});
    app.client().call(Call::post("/api/auth/signin", wrong)).expect(401);
    app.stop();
}
