//! What an owner sees and changes of the account.

use std::thread;

use serde_json::{Value, json};
use test_support::{Answer, App, Call, Client};

fn put(client: &Client, path: &str, body: Value) -> Answer {
    client.call(Call::new("PUT", path).json(body))
}

fn sign_in(app: &App, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    app.client().call(Call::post("/api/auth/signin", body))
}

#[test]
fn a_profile_changes_by_what_is_named() {
    let app = App::start();
    let client = app.client().sign_up("ada@example.org");
    let before = client.get("/api/me/profile").expect(200).json();
    assert_eq!(before["id"], client.user_id());
    assert_eq!(before["has_password"], true);
    assert_eq!(before["quiet_hours"], Value::Null);

    let night = json!({"quiet_hours": {"from": "22:00", "to": "07:00"}});
    let quiet = put(&client, "/api/me/profile", night.clone()).expect(200).json();
    assert_eq!(quiet["quiet_hours"], night["quiet_hours"]);
    assert_eq!(quiet["name"], before["name"]);
    let changes = json!({"name": " Ada L. ", "timezone": "Asia/Karachi"});
    let changed = put(&client, "/api/me/profile", changes).expect(200).json();
    assert_eq!(
        (&changed["name"], &changed["timezone"]),
        (&json!("Ada L."), &json!("Asia/Karachi"))
    );
    assert_eq!(changed["quiet_hours"], night["quiet_hours"]);
    let cleared = put(&client, "/api/me/profile", json!({"quiet_hours": null})).expect(200).json();
    assert_eq!(cleared["quiet_hours"], Value::Null);
    assert_eq!(client.get("/api/me/profile").expect(200).json(), cleared);
    // New tasks are in the zone that the profile names.
    assert_eq!(client.create(json!({"title": "Here"}))["timezone"], "Asia/Karachi");
    app.settle();
    app.stop();
}

#[test]
fn what_is_wrong_with_a_profile_is_named_and_changes_nothing() {
    let app = App::start();
    let client = app.client().sign_up("ada@example.org");
    let before = client.get("/api/me/profile").expect(200).json();
    for (body, fields) in [
        (json!({"name": "  "}), &["name"][..]),
        (json!({"name": "n".repeat(101), "timezone": "Mars"}), &["name", "timezone"]),
        (json!({"quiet_hours": {"from": "22:00", "to": "22:00"}}), &["quiet_hours"]),
        (json!({"quiet_hours": {"from": "late", "to": "07:00"}}), &["quiet_hours.from"]),
        (json!({"quiet_hours": {"from": "22:00"}}), &["quiet_hours"]),
        (json!({"email": "nobody", "current_password": client.password()}), &["email"]),
        (json!({"email": "new@example.org"}), &["current_password"]),
        (json!({"email": "new@example.org", "current_password": "wrong"}), &["current_password"]),
    ] {
        let answer = put(&client, "/api/me/profile", body.clone()).expect(422);
        assert_eq!(answer.problem_fields(), fields, "{body}");
    }
    app.client().sign_up("taken@example.org");
    let taken = json!({"email": "Taken@example.org", "current_password": client.password()});
    put(&client, "/api/me/profile", taken).expect(409).problem_fields();
    assert_eq!(client.get("/api/me/profile").expect(200).json(), before);
    app.stop();
}

#[test]
fn another_address_signs_in_and_the_old_one_is_free() {
    let app = App::start();
    let client = app.client().sign_up("old@example.org");
    let body = json!({"email": "New@example.org", "current_password": client.password()});
    let changed = put(&client, "/api/me/profile", body).expect(200).json();
    assert_eq!(changed["email"], "new@example.org");
    sign_in(&app, "old@example.org", client.password()).expect(401);
    let signed_in = sign_in(&app, "new@example.org", client.password()).expect(200).json();
    assert_eq!(signed_in["user"]["id"], client.user_id());
    let next = app.client().sign_up("old@example.org");
    assert_ne!(next.user_id(), client.user_id());
    app.stop();
}

#[test]
fn another_password_ends_every_session_but_the_one_that_it_begins() {
    let app = App::start();
    let client = app.client().sign_up("ada@example.org");
    let elsewhere = sign_in(&app, "ada@example.org", client.password()).expect(200).json();
    let elsewhere = app.client().with_token(elsewhere["access_token"].as_str().expect("a token"));
    let change = |current: &str, new: &str| {
        put(&client, "/api/me/password", json!({"current_password": current, "new_password": new}))
    };
    assert_eq!(change("wrong", "another horse").expect(422).problem_fields(), ["current_password"]);
    let short = change(client.password(), "short").expect(422);
    assert_eq!(short.problem_fields(), ["new_password"]);
    let answer = change(client.password(), "another horse").expect(200).json();
    let fresh = app.client().with_token(answer["access_token"].as_str().expect("a token"));
    fresh.create(json!({"title": "Still mine"}));
    for old in [&client, &elsewhere] {
        old.get("/api/me/tasks").expect(401).problem_fields();
        old.call(Call::post("/api/me/tasks", json!({"title": "Too late"}))).expect(401);
    }
    sign_in(&app, "ada@example.org", client.password()).expect(401);
    sign_in(&app, "ada@example.org", "another horse").expect(200);
    assert_eq!(fresh.tasks().len(), 1);
    app.settle();
    app.stop();
}

#[test]
fn of_two_password_changes_at_once_one_wins() {
    let app = App::start();
    let client = app.client().sign_up("ada@example.org");
    let passwords = ["the first horse", "the second horse"];
    let statuses: Vec<u16> = thread::scope(|scope| {
        let change = |new: &'static str| {
            let body = json!({"current_password": client.password(), "new_password": new});
            put(&client, "/api/me/password", body).status
        };
        let running: Vec<_> = passwords.map(|new| scope.spawn(move || change(new))).into();
        running.into_iter().map(|change| change.join().expect("a status")).collect()
    });
    let won: Vec<_> =
        statuses.iter().zip(passwords).filter(|(status, _)| **status == 200).collect();
    assert_eq!(won.len(), 1, "{statuses:?}");
    sign_in(&app, "ada@example.org", won[0].1).expect(200);
    app.stop();
}

#[test]
fn guessing_by_the_profile_is_throttled_like_signing_in() {
    let app = App::start();
    let client = app.client().sign_up("guessed@example.org");
    let guess = || {
        let body = json!({"current_password": "a guess", "new_password": "another horse"});
        put(&client, "/api/me/password", body).status
    };
    let statuses: Vec<u16> = (0..12).map(|_| guess()).collect();
    assert!(statuses.contains(&422) && statuses.contains(&429), "{statuses:?}");
    sign_in(&app, client.email(), client.password()).expect(429);
    app.stop();
}
