//! Signing up and in.

use serde_json::{Value, json};
use test_support::{Answer, App, Call, Client};

/// How many wrong passwords are at most hashed before the door closes for a while.
const ATTEMPTS_MAX: usize = 12;

fn sign_in(client: &Client, email: &str, password: &str) -> Answer {
    client.call(Call::post("/api/auth/signin", json!({"email": email, "password": password})))
}

#[track_caller]
fn check_refused(client: &Client, body: Value, fields: &[&str]) {
    let answer = client.call(Call::post("/api/auth/signup", body)).expect(422);
    assert_eq!(answer.problem_fields(), fields);
}

#[test]
fn signing_up_and_in_gives_a_token_and_the_user() {
    let app = App::start();
    let body = json!({
        "email": " Ada@Example.org ", "password": "correct horse", "name": "Ada",
        "timezone": "Asia/Karachi",
    });
    let signed_up = app.client().call(Call::post("/api/auth/signup", body)).expect(201).json();
    let user = signed_up["user"].clone();
    assert_eq!(user["email"], "ada@example.org");
    assert_eq!(user["name"], "Ada");
    assert_eq!(user["timezone"], "Asia/Karachi");
    assert_eq!(signed_up["token_type"], "bearer");
    assert_eq!(signed_up["expires_in"], 86_400);

    let signed_in = sign_in(&app.client(), "ADA@example.org", "correct horse").expect(200).json();
    assert_eq!(signed_in["user"], user);
    let token = signed_in["access_token"].as_str().expect("a token");
    let client = app.client().with_token(token);
    client.get("/api/me/tasks").expect(200);
    let by_id = format!("/api/{}/tasks", user["id"].as_str().unwrap_or_default());
    client.get(&by_id).expect(200);
    // Tasks are in the user's time zone unless they say otherwise.
    assert_eq!(client.create(json!({"title": "Here"}))["timezone"], "Asia/Karachi");
    app.wait_until_quiet();
    app.stop();
}

#[test]
fn what_is_wrong_with_a_sign_up_is_named() {
    let app = App::start();
    let client = app.client();
    check_refused(&client, json!({"email": "a@b", "password": "short"}), &["password"]);
    check_refused(&client, json!({"email": "nobody", "password": "correct horse"}), &["email"]);
    let all = json!({"email": "x", "password": "y", "name": "n".repeat(101), "timezone": "Mars"});
    check_refused(&client, all, &["email", "password", "name", "timezone"]);
    check_refused(&client, json!({"email": 7, "password": "correct horse"}), &["email"]);
    client.sign_up("taken@example.org");
    let again = json!({"email": "Taken@example.org", "password": "another horse"});
    client.call(Call::post("/api/auth/signup", again)).expect(409).problem_fields();
    app.stop();
}

#[test]
fn a_wrong_password_and_an_unknown_email_are_answered_alike() {
    let app = App::start();
    let client = app.client().sign_up("known@example.org");
    let wrong = sign_in(&client.anonymous(), client.email(), "wrong horse").expect(401);
    let unknown = sign_in(&client.anonymous(), "unknown@example.org", "wrong horse").expect(401);
    assert_eq!(wrong.json(), unknown.json());
    assert_eq!(wrong.header("www-authenticate"), Some("Bearer"));
    app.stop();
}

#[test]
fn guessing_passwords_is_throttled_by_email_and_says_for_how_long() {
    let app = App::start();
    let client = app.client().sign_up("guessed@example.org");
    let other = app.client().sign_up("other@example.org");
    let throttled = (0..ATTEMPTS_MAX)
        .map(|_| sign_in(&client.anonymous(), client.email(), "wrong horse"))
        .find(|answer| answer.status == 429)
        .expect("the door closes");
    throttled.problem_fields();
    let retry_after_s: u64 =
        throttled.header("retry-after").and_then(|text| text.parse().ok()).expect("seconds");
    assert!((1..=30).contains(&retry_after_s), "{retry_after_s}");
    // Not even the right password is hashed meanwhile; other people sign in as before.
    sign_in(&client.anonymous(), client.email(), client.password()).expect(429);
    sign_in(&other.anonymous(), other.email(), other.password()).expect(200);
    app.stop();
}
