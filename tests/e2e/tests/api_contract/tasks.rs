//! One task: every call on it, its ETag, its states.

use serde_json::{Value, json};
use test_support::{Call, Client};

use super::{app_with_user, end};

#[track_caller]
fn act(client: &Client, task: &Value, method: &str, action: &str) -> Value {
    let path = format!("/api/me/tasks/{}{action}", task["id"]);
    client.call(Call::new(method, &path)).expect(200).json()
}

fn path(task: &Value) -> String {
    format!("/api/me/tasks/{}", task["id"])
}

#[test]
fn a_task_is_shown_whole_with_explicit_nulls() {
    let (app, client) = app_with_user();
    let created = client.call(Call::post(
        "/api/me/tasks",
        json!({
            "title": "  Pay rent ", "description": "Transfer", "priority": "urgent",
            "tags": ["home", "money"], "due_at": "2027-03-01T10:00:00+02:00",
            "timezone": "Europe/Helsinki", "recurrence": "every_monday",
            "reminders": [{"before": "PT1H"}, {"at": "2027-02-28T08:00:00Z"}],
            "subtasks": [{"title": "Find the bill"}],
        }),
    ));
    let created = created.expect(201);
    assert_eq!(created.header("location"), Some("/api/me/tasks/1"));
    assert_eq!(created.header("etag"), Some("\"1\""));
    let mut task = created.json();
    for instant in ["created_at", "updated_at"] {
        assert!(task[instant].as_str().is_some_and(|text| text.ends_with('Z')), "{task}");
        task[instant] = Value::Null;
    }
    assert!(task["series_id"].as_str().is_some_and(|id| id.len() == 36), "{task}");
    task["series_id"] = Value::Null;
    assert_eq!(
        task,
        json!({
            "id": 1, "title": "Pay rent", "description": "Transfer", "completed": false,
            "priority": "urgent", "tags": ["home", "money"], "due_at": "2027-03-01T08:00:00Z",
            "timezone": "Europe/Helsinki",
            "recurrence": {
                "rule": "FREQ=WEEKLY;BYDAY=MO", "basis": "due", "until": null, "count": null,
                "text": "every week on Mon",
            },
            "reminders": task["reminders"], "subtasks": [
                {"title": "Find the bill", "completed": false},
            ],
            "created_at": null, "updated_at": null, "completed_at": null, "version": 1,
            "series_id": null, "occurrence": 1,
        })
    );
    assert_eq!(task["reminders"].as_array().map(Vec::len), Some(2));
    end(app);
}

#[test]
fn a_bare_title_gets_every_default() {
    let (app, client) = app_with_user();
    let task = client.create(json!({"title": "Buy milk"}));
    let expected = [
        ("description", json!("")),
        ("completed", json!(false)),
        ("priority", json!("medium")),
        ("tags", json!([])),
        ("due_at", Value::Null),
        ("timezone", json!("UTC")),
        ("recurrence", Value::Null),
        ("reminders", json!([])),
        ("subtasks", json!([])),
        ("completed_at", Value::Null),
        ("series_id", Value::Null),
        ("occurrence", Value::Null),
    ];
    for (field, value) in expected {
        assert_eq!(task[field], value, "{field}");
    }
    // Whoever names a due date is reminded a quarter of an hour before.
    let due = client.create(json!({"title": "Call", "due_at": "2027-01-31T09:00:00Z"}));
    assert_eq!(due["reminders"], json!([{"before": "PT15M"}]));
    end(app);
}

#[test]
fn put_replaces_and_patch_changes_what_it_names() {
    let (app, client) = app_with_user();
    let task = client.create(json!({
        "title": "Draft", "priority": "high", "tags": ["work"], "due_at": "2027-05-01T12:00:00Z",
    }));
    let patched = client.change(&task["id"], json!({"title": "Final", "due_at": null}));
    assert_eq!(patched["title"], "Final");
    assert_eq!(patched["due_at"], Value::Null);
    assert_eq!(patched["priority"], "high");
    assert_eq!(patched["version"], 2);
    let put = Call::new("PUT", &path(&task)).json(json!({"title": "Anew"}));
    let replaced = client.call(put).expect(200).json();
    assert_eq!(replaced["priority"], "medium");
    assert_eq!(replaced["tags"], json!([]));
    assert_eq!(replaced["version"], 3);
    assert_eq!(client.task(&task["id"]), replaced);
    client.delete(&task["id"]);
    client.get(&path(&task)).expect(404).problem_fields();
    client.call(Call::new("DELETE", &path(&task))).expect(404);
    end(app);
}

#[test]
fn a_write_that_changes_nothing_keeps_the_etag_and_makes_no_event() {
    let (app, client) = app_with_user();
    let task = client.create(json!({"title": "Same", "tags": ["a"]}));
    let same = json!({"title": "Same", "tags": ["a"], "completed": false});
    assert_eq!(client.change(&task["id"], same), task);
    client.reopen(&task["id"]);
    let completed = client.complete(&task["id"]);
    assert_eq!(client.complete(&task["id"]), completed);
    let ledger = app.settle();
    assert_eq!(ledger.events.len(), 2);
    end(app);
}

#[test]
fn completion_is_set_toggled_and_undone_by_every_route() {
    let (app, client) = app_with_user();
    let task = client.create(json!({"title": "Toggle"}));
    let set = |completed: bool| {
        let call = Call::new("PATCH", &format!("{}/complete", path(&task)));
        client.call(call.json(json!({"completed": completed}))).expect(200).json()
    };
    assert_eq!(set(true)["completed"], true);
    assert_eq!(set(false)["completed"], false);
    assert_eq!(act(&client, &task, "PATCH", "/complete")["completed"], true);
    assert_eq!(act(&client, &task, "PATCH", "/complete")["completed"], false);
    assert_eq!(act(&client, &task, "POST", "/complete")["completed"], true);
    let reopened = act(&client, &task, "POST", "/reopen");
    assert_eq!(reopened["completed_at"], Value::Null);
    assert_eq!(client.change(&task["id"], json!({"completed": true}))["completed"], true);
    let kinds: Vec<String> =
        app.settle().events.iter().map(|event| event.kind().to_owned()).collect();
    let (on, off) = ("task.completed", "task.updated");
    assert_eq!(kinds, ["task.created", on, off, on, off, on, off, on]);
    end(app);
}

#[test]
fn skipping_moves_a_recurring_task_to_its_next_occurrence() {
    let (app, client) = app_with_user();
    let task = client.create(json!({
        "title": "Rent", "due_at": "2027-01-31T09:00:00Z",
        "recurrence": {"rule": "monthly", "count": 2},
    }));
    let skipped = act(&client, &task, "POST", "/skip");
    assert_eq!(skipped["due_at"], "2027-02-28T09:00:00Z");
    assert_eq!(skipped["occurrence"], 2);
    assert_eq!(skipped["id"], task["id"]);
    let skip = Call::new("POST", &format!("{}/skip", path(&task)));
    // Skipped occurrences count, so this was the last.
    client.call(skip.clone()).expect(409).problem_fields();
    client.complete(&task["id"]);
    client.call(skip).expect(409);
    let once = client.create(json!({"title": "Once"}));
    client.call(Call::new("POST", &format!("{}/skip", path(&once)))).expect(409);
    end(app);
}

#[test]
fn a_task_whose_next_instance_lives_on_is_not_skipped_to_it() {
    let (app, client) = app_with_user();
    let task = client.create(json!({
        "title": "Rent", "due_at": "2027-01-31T09:00:00Z", "recurrence": "monthly",
    }));
    client.complete(&task["id"]);
    app.settle();
    let next = client.next_instance(&task).expect("a next instance");
    client.complete(&next["id"]);
    app.settle();
    act(&client, &task, "POST", "/reopen");
    client.call(Call::new("POST", &format!("{}/skip", path(&task)))).expect(409);
    end(app);
}

#[test]
fn snoozing_sets_a_reminder_and_leaves_the_due_date() {
    let (app, client) = app_with_user();
    let task = client.create(json!({"title": "Later", "due_at": "2027-01-31T09:00:00Z"}));
    let call = |body: Value| client.call(Call::post(&format!("{}/snooze", path(&task)), body));
    let snoozed = call(json!({"minutes": 30})).expect(200).json();
    assert_eq!(snoozed["due_at"], task["due_at"]);
    let reminders = snoozed["reminders"].as_array().cloned().unwrap_or_default();
    assert!(reminders.iter().any(|reminder| reminder["at"].is_string()), "{snoozed}");
    act(&client, &task, "POST", "/snooze");
    assert_eq!(
        call(json!({"until": "2001-01-01T00:00:00Z"})).expect(422).problem_fields(),
        ["until"]
    );
    client.complete(&task["id"]);
    call(json!({"minutes": 5})).expect(409);
    end(app);
}

#[test]
fn if_match_lets_only_the_version_through_that_was_read() {
    let (app, client) = app_with_user();
    let task = client.create(json!({"title": "Guarded"}));
    let read = client.get(&path(&task)).expect(200);
    let etag = read.header("etag").expect("an ETag").to_owned();
    let rename = |title: &str, if_match: &str| {
        let call = Call::new("PATCH", &path(&task)).json(json!({"title": title}));
        client.call(call.header("if-match", if_match))
    };
    let renamed = rename("First", &etag).expect(200);
    assert_ne!(renamed.header("etag"), Some(etag.as_str()));
    rename("Second", &etag).expect(412).problem_fields();
    rename("Second", "W/\"2\"").expect(412);
    rename("Second", "\"9\", \"2\"").expect(200);
    rename("Third", "*").expect(200);
    let delete = Call::new("DELETE", &path(&task));
    client.call(delete.clone().header("if-match", &etag)).expect(412);
    client.call(delete.header("if-match", "\"4\"")).expect(204);
    end(app);
}

#[test]
fn the_older_spelling_of_paths_means_the_same() {
    let (app, client) = app_with_user();
    let tasks = format!("/api/users/{}/tasks", client.user_id());
    let created = client.call(Call::post(&tasks, json!({"title": "Alias"}))).expect(201).json();
    let by_alias = client.get(&format!("{tasks}/{}", created["id"])).expect(200).json();
    assert_eq!(by_alias, client.task(&created["id"]));
    let toggle = Call::new("PATCH", &format!("{tasks}/{}/complete", created["id"]));
    assert_eq!(client.call(toggle).expect(200).json()["completed"], true);
    assert_eq!(client.get(&tasks).expect(200).json()["total"], 1);
    end(app);
}
