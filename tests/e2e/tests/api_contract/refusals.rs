//! What is refused, and how precisely the answer says why. Nothing here may end in a 5xx, and
//! nothing may leave a trace in the data.

use serde_json::{Value, json};
use test_support::{Call, Client};

use super::{app_with_user, end};

/// One more byte than a body may have.
const TOO_LARGE: usize = 256 * 1024 + 1;

#[track_caller]
fn check_fields(client: &Client, body: Value, fields: &[&str]) {
    for call in
        [Call::post("/api/me/tasks", body.clone()), Call::new("PUT", "/api/me/tasks/1").json(body)]
    {
        let answer = client.call(call).expect(422);
        assert_eq!(answer.problem_fields(), fields, "{}", answer.text());
    }
}

#[test]
fn a_bad_body_is_a_problem_that_names_every_field() {
    let (app, client) = app_with_user();
    client.create(json!({"title": "Untouched"}));
    let due = "2027-01-31T09:00:00Z";
    for (body, fields) in [
        (json!({}), &["title"][..]),
        (json!({"title": ""}), &["title"]),
        (json!({"title": "x".repeat(201)}), &["title"]),
        (json!({"title": null}), &["title"]),
        (json!({"title": 7}), &["title"]),
        (json!({"title": "x", "description": "y".repeat(2_001)}), &["description"]),
        (json!({"title": "x", "priority": "extreme"}), &["priority"]),
        (json!({"title": "x", "tags": "home"}), &["tags"]),
        (json!({"title": "x", "due_at": "tomorrow"}), &["due_at"]),
        (json!({"title": "x", "timezone": "Mars/Olympus"}), &["timezone"]),
        (json!({"title": "x", "completed": "yes"}), &["completed"]),
        (json!({"title": "x", "recurrence": "daily"}), &["recurrence"]),
        (json!({"title": "x", "due_at": due, "recurrence": "fortnightly"}), &["recurrence"]),
        (json!({"title": "x", "due_at": due, "recurrence": "FREQ=SECONDLY"}), &["recurrence"]),
        (
            json!({"title": "x", "due_at": due, "recurrence": {"rule": "daily", "count": "3"}}),
            &["recurrence.count"],
        ),
        (json!({"title": "x", "reminders": [{"before": "soon"}]}), &["reminders"]),
        (json!({"title": "", "due_at": "x", "timezone": "y"}), &["title", "timezone", "due_at"]),
    ] {
        check_fields(&client, body, fields);
    }
    let twenty_one: Vec<String> = (0..21).map(|number| format!("tag {number}")).collect();
    check_fields(&client, json!({"title": "x", "tags": twenty_one}), &["tags"]);
    assert_eq!(client.tasks().len(), 1);
    assert_eq!(client.tasks()[0]["version"], 1);
    end(app);
}

#[test]
fn what_is_no_json_is_told_so() {
    let (app, client) = app_with_user();
    let post = || Call::new("POST", "/api/me/tasks").header("content-type", "application/json");
    client.call(post().bytes(b"{\"title\": ".to_vec())).expect(400).problem_fields();
    client.call(post().bytes(b"{\"title\": \"x\"} trailing".to_vec())).expect(400);
    client.call(post().bytes(vec![0xff, 0xfe])).expect(400);
    client.call(post().bytes(Vec::new())).expect(400);
    for list in [json!([1, 2]), json!("text"), json!(null), json!(7)] {
        client.call(post().json(list)).expect(422).problem_fields();
    }
    let text = post().header("content-type", "text/plain").bytes(b"title=x".to_vec());
    client.call(text).expect(415).problem_fields();
    let large = json!({"title": "x", "description": "y".repeat(TOO_LARGE)});
    client.call(post().json(large)).expect(413).problem_fields();
    assert_eq!(client.tasks().len(), 0);
    end(app);
}

#[test]
fn only_the_owner_s_token_opens_a_path() {
    let (app, client) = app_with_user();
    let task = client.create(json!({"title": "Mine"}));
    let other = app.client().sign_up("other@example.org");
    for tasks in [
        format!("/api/{}/tasks", client.user_id()),
        format!("/api/users/{}/tasks", client.user_id()),
    ] {
        let one = format!("{tasks}/{}", task["id"]);
        let calls = [
            Call::get(&tasks),
            Call::post(&tasks, json!({"title": "Theirs"})),
            Call::get(&one),
            Call::new("PUT", &one).json(json!({"title": "Theirs"})),
            Call::new("PATCH", &one).json(json!({"title": "Theirs"})),
            Call::new("DELETE", &one),
            Call::new("POST", &format!("{one}/complete")),
            Call::get(&format!("{tasks}/stats")),
        ];
        for call in calls {
            other.call(call.clone()).expect(403).problem_fields();
            let anonymous = other.anonymous().call(call.clone()).expect(401);
            assert_eq!(anonymous.header("www-authenticate"), Some("Bearer"));
            anonymous.problem_fields();
            other.with_token("not.a.token").call(call).expect(401);
        }
    }
    // The same number is another task, or none, for another user.
    other.get(&format!("/api/me/tasks/{}", task["id"])).expect(404);
    assert_eq!(client.task(&task["id"]), task);
    end(app);
}

#[test]
fn a_token_of_another_key_or_algorithm_opens_nothing() {
    let (app, client) = app_with_user();
    let elsewhere = test_support::App::builder()
        .variable("jwt_secret", "another secret of at least thirty-two bytes")
        .start();
    let foreign = elsewhere.client().sign_up("contract@example.org");
    client.with_token(foreign.token()).get("/api/me/tasks").expect(401);
    elsewhere.stop();
    let (_, rest) = client.token().split_once('.').expect("a token has three parts");
    let (claims, _) = rest.split_once('.').expect("a token has three parts");
    // {"alg":"none","typ":"JWT"} in base64url.
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.");
    client.with_token(&unsigned).get("/api/me/tasks").expect(401);
    end(app);
}

#[test]
fn unknown_paths_and_wrong_methods_are_told_apart() {
    let (app, client) = app_with_user();
    for path in
        ["/api/me/tusks", "/api/me/tasks/0", "/api/me/tasks/one", "/api", "/api/me/tasks/1/2/3"]
    {
        client.get(path).expect(404).problem_fields();
    }
    for (method, path, allow) in [
        ("DELETE", "/api/me/tasks", "GET, POST"),
        ("POST", "/api/me/tasks/1", "GET, PUT, PATCH, DELETE"),
        ("GET", "/api/me/tasks/1/complete", "PATCH, POST"),
        ("GET", "/api/me/tasks/1/skip", "POST"),
        ("PUT", "/api/auth/signin", "POST"),
        ("POST", "/openapi.json", "GET"),
    ] {
        let answer = client.call(Call::new(method, path)).expect(405);
        assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
        answer.problem_fields();
    }
    client.get("/api/me/tasks/4294967295").expect(404);
    app.client().get("/nowhere").expect(404);
    end(app);
}
