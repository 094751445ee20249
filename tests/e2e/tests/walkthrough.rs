//! The main job, step by step: a recurring task is completed, and its next instance appears.

use std::time::Duration;

use serde_json::{Value, json};
use test_support::{App, BrokerKind, Client, wait};

/// What a person would call "at once".
const AT_ONCE: Duration = Duration::from_secs(2);
/// A broker's consumers may still be joining when the first event comes.
const JOINING_MAX: Duration = Duration::from_secs(20);

/// Completes each instance of the series in turn; each next one is due as listed, and when the
/// list ends, so does the series.
#[track_caller]
fn check(body: Value, dues: &[&str]) {
    let app = App::start();
    let client = app.client().sign_up("series@example.org");
    let mut task = client.create(body);
    for due in dues {
        client.complete(&task["id"]);
        task = next_instance(&client, &task);
        assert_eq!(task["due_at"], *due, "after {}", task["occurrence"]);
        assert_eq!(task["completed"], false);
    }
    app.settle();
    app.stop();
}

/// The same for a series that has an end.
#[track_caller]
fn check_whole(body: Value, dues: &[&str]) {
    let app = App::start();
    let client = app.client().sign_up("series@example.org");
    let mut task = client.create(body);
    for due in dues {
        client.complete(&task["id"]);
        task = next_instance(&client, &task);
        assert_eq!(task["due_at"], *due, "after {}", task["occurrence"]);
    }
    client.complete(&task["id"]);
    app.settle();
    assert_eq!(client.next_instance(&task), None);
    assert_eq!(client.tasks().len(), dues.len() + 1);
    app.stop();
}

#[track_caller]
fn next_instance(client: &Client, task: &Value) -> Value {
    let joining = BrokerKind::of_this_run().map_or(Duration::ZERO, |_| JOINING_MAX);
    let next = wait::within(joining + AT_ONCE, || client.next_instance(task));
    next.unwrap_or_else(|| panic!("no next instance of {task} within {:?}", joining + AT_ONCE))
}

#[test]
fn a_monthly_task_keeps_to_the_end_of_the_month() {
    let body = json!({
        "title": "Water plants", "due_at": "2027-01-31T09:00:00Z", "recurrence": "monthly",
    });
    check(body, &["2027-02-28T09:00:00Z", "2027-03-31T09:00:00Z", "2027-04-30T09:00:00Z"]);
}

#[test]
fn a_weekly_task_stays_at_nine_in_berlin_when_clocks_change() {
    let body = json!({
        "title": "Stand-up", "due_at": "2027-03-14T09:00:00+01:00",
        "timezone": "Europe/Berlin", "recurrence": "weekly",
    });
    // Clocks go forward on 28 March, so nine o'clock there is an hour earlier in UTC from then on.
    check(body, &["2027-03-21T08:00:00Z", "2027-03-28T07:00:00Z", "2027-04-04T07:00:00Z"]);
}

#[test]
fn a_series_ends_after_its_count() {
    let body = json!({
        "title": "Antibiotics", "due_at": "2027-02-01T08:00:00Z",
        "recurrence": {"rule": "daily", "count": 3},
    });
    check_whole(body, &["2027-02-02T08:00:00Z", "2027-02-03T08:00:00Z"]);
}

#[test]
fn a_series_ends_at_its_until() {
    let body = json!({
        "title": "Sprint review", "due_at": "2027-02-01T08:00:00Z",
        "recurrence": {"rule": "FREQ=WEEKLY", "until": "2027-02-15T08:00:00Z"},
    });
    check_whole(body, &["2027-02-08T08:00:00Z", "2027-02-15T08:00:00Z"]);
}

#[test]
fn a_changed_pattern_is_what_the_next_instance_follows() {
    let app = App::start();
    let client = app.client().sign_up("pattern@example.org");
    let weekly = json!({
        "title": "Run", "due_at": "2027-02-01T06:00:00Z", "recurrence": "weekly",
    });
    let first = client.create(weekly);
    client.change(&first["id"], json!({"recurrence": "FREQ=DAILY;INTERVAL=3"}));
    client.complete(&first["id"]);
    let second = next_instance(&client, &first);
    assert_eq!(second["due_at"], "2027-02-04T06:00:00Z");
    assert_eq!(second["recurrence"]["rule"], "FREQ=DAILY;INTERVAL=3");

    client.change(&second["id"], json!({"recurrence": null}));
    client.complete(&second["id"]);
    app.settle();
    assert_eq!(client.next_instance(&second), None);
    app.stop();
}

#[test]
fn the_events_tell_the_whole_story() {
    let app = App::start();
    let client = app.client().sign_up("story@example.org");
    let first = client.create(json!({
        "title": "Water plants", "due_at": "2027-01-31T09:00:00Z", "recurrence": "monthly",
    }));
    client.complete(&first["id"]);
    next_instance(&client, &first);
    app.settle();

    let user = client.user_id();
    let events = app.topics().of_user(user);
    let told: Vec<String> = events
        .iter()
        .map(|event| {
            let text = |name: &str| event[name].as_str().unwrap_or_default();
            let changed = &event["data"]["changed"];
            let subject = text("subject").replace(user, "U");
            format!("{} {} {subject} {} {changed}", text("sequence"), text("type"), text("source"))
        })
        .collect();
    assert_eq!(
        told,
        [
            "1 task.created users/U/tasks/1 taskmaster/task-api null",
            "2 task.completed users/U/tasks/1 taskmaster/task-api [\"completed\"]",
            "3 task.created users/U/tasks/2 taskmaster/recurrence null",
        ]
    );
    let completed = &events[1]["data"];
    assert_eq!(completed["previous"], first);
    assert_eq!(completed["task_data"], client.task(&first["id"]));
    assert_eq!(completed["sequence"], 2);
    assert_eq!(events[2]["data"]["task_data"]["due_at"], "2027-02-28T09:00:00Z");
    assert_eq!(events[2]["data"]["correlation_id"], completed["correlation_id"]);
    app.stop();
}
