//! Idempotency-Key: a repeated request gets its first answer and has no second effect.

use std::collections::BTreeSet;
use std::thread;

use serde_json::{Value, json};
use test_support::{Answer, Call, Client};

use super::{app_with_user, end};

/// So many programs of one user that start with the same request at the same moment.
const TOGETHER: usize = 100;

/// Sends the request twice, with `between` in between: the answers are the same.
#[track_caller]
fn check(client: &Client, call: &Call, between: impl FnOnce()) -> Answer {
    let first = client.call(call.clone());
    between();
    let again = client.call(call.clone());
    assert_eq!((again.status, again.text()), (first.status, first.text()));
    assert_eq!(again.header("etag"), first.header("etag"));
    first
}

#[test]
fn every_write_is_answered_again_as_the_first_time() {
    let (app, client) = app_with_user();
    let nothing = || ();
    let body = json!({"title": "Once", "due_at": "2027-01-31T09:00:00Z", "recurrence": "daily"});
    let create = Call::post("/api/me/tasks", body).once("create");
    let task = check(&client, &create, nothing).expect(201).json();
    let path = format!("/api/me/tasks/{}", task["id"]);
    let patch = Call::new("PATCH", &path).json(json!({"title": "Twice"})).once("patch");
    check(&client, &patch, nothing).expect(200);
    let put = Call::new("PUT", &path).json(json!({
        "title": "Put", "due_at": "2027-01-31T09:00:00Z", "recurrence": "daily",
    }));
    check(&client, &put.once("put"), nothing).expect(200);
    for action in ["skip", "snooze", "complete", "reopen"] {
        let call = Call::new("POST", &format!("{path}/{action}")).once(action);
        check(&client, &call, nothing).expect(200);
    }
    let toggle = Call::new("PATCH", &format!("{path}/complete")).once("toggle");
    assert_eq!(check(&client, &toggle, nothing).expect(200).json()["completed"], true);
    assert_eq!(client.task(&task["id"])["completed"], true);
    let delete = Call::new("DELETE", &path).once("delete");
    check(&client, &delete, nothing).expect(204);
    end(app);
}

#[test]
fn the_first_answer_stands_when_the_task_has_changed_since() {
    let (app, client) = app_with_user();
    let task = client.create(json!({"title": "Before"}));
    let path = format!("/api/me/tasks/{}", task["id"]);
    let complete = Call::new("POST", &format!("{path}/complete")).once("complete");
    check(&client, &complete, || drop(client.reopen(&task["id"]))).expect(200);
    assert_eq!(client.task(&task["id"])["completed"], false, "done once");

    let guarded = Call::new("PATCH", &path).json(json!({"title": "After"}));
    let guarded = guarded.header("if-match", "\"3\"").once("guarded");
    check(&client, &guarded, || ()).expect(200);
    let delete = Call::new("DELETE", &path).header("if-match", "\"4\"").once("delete");
    check(&client, &delete, || ()).expect(204);
    end(app);
}

#[test]
fn a_key_with_another_body_is_a_mistake() {
    let (app, client) = app_with_user();
    let create =
        |title: &str| client.call(Call::post("/api/me/tasks", json!({"title": title})).once("k"));
    let first = create("One").expect(201).json();
    create("Two").expect(422).problem_fields();
    assert_eq!(create("One").expect(201).json(), first);
    let path = format!("/api/me/tasks/{}", first["id"]);
    // Another path is another request, and so is another user's.
    let patch = |title: &str| {
        client.call(Call::new("PATCH", &path).json(json!({"title": title})).once("k"))
    };
    patch("Three").expect(200);
    patch("Four").expect(422);
    let other = app.client().sign_up("other@example.org");
    other.call(Call::post("/api/me/tasks", json!({"title": "Mine"})).once("k")).expect(201);
    assert_eq!(client.tasks().len(), 1);
    let nameless = Call::post("/api/me/tasks", json!({"title": "x"})).once(&"k".repeat(256));
    assert_eq!(client.call(nameless).expect(422).problem_fields(), ["Idempotency-Key"]);
    end(app);
}

#[test]
fn a_hundred_requests_at_once_with_one_key_make_one_task() {
    let (app, client) = app_with_user();
    let create = Call::post("/api/me/tasks", json!({"title": "Just one"})).once("together");
    let answers: Vec<Answer> = thread::scope(|scope| {
        let asked: Vec<_> =
            (0..TOGETHER).map(|_| scope.spawn(|| client.call(create.clone()))).collect();
        asked.into_iter().map(|asked| asked.join().expect("an answer")).collect()
    });
    let distinct: BTreeSet<String> =
        answers.into_iter().map(|answer| answer.expect(201).text()).collect();
    assert_eq!(distinct.len(), 1, "{distinct:?}");
    assert_eq!(client.tasks().len(), 1);
    end(app);
}

#[test]
fn racing_writes_without_a_key_all_take_effect_or_say_so() {
    let (app, client) = app_with_user();
    let task = client.create(json!({"title": "Raced"}));
    let path = format!("/api/me/tasks/{}", task["id"]);
    let statuses: Vec<u16> = thread::scope(|scope| {
        let asked: Vec<_> = (0..16)
            .map(|number| {
                let (client, path) = (&client, &path);
                scope.spawn(move || {
                    let body: Value = json!({"title": format!("By {number}")});
                    client.call(Call::new("PATCH", path).json(body)).status
                })
            })
            .collect();
        asked.into_iter().map(|asked| asked.join().expect("an answer")).collect()
    });
    assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
    let done = statuses.iter().filter(|status| **status == 200).count();
    assert_eq!(client.task(&task["id"])["version"], 1 + done);
    end(app);
}
