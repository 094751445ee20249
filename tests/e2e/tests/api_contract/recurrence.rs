//! What a rule comes to, before a task has it.

use serde_json::{Value, json};
use test_support::{Answer, Call, Client};

use super::{app_with_user, end};

fn preview(client: &Client, body: Value) -> Answer {
    client.call(Call::post("/api/me/recurrence/preview", body))
}

#[test]
fn a_preview_says_what_a_task_would_do() {
    let (app, client) = app_with_user();
    let berlin = json!({
        "rule": "FREQ=MONTHLY", "due_at": "2027-01-31T09:00:00+01:00",
        "timezone": "Europe/Berlin", "count": 4,
    });
    let shown = preview(&client, berlin).expect(200).json();
    assert_eq!(shown["text"], "every month");
    // The wall clock stays, month ends are kept, and summer time comes.
    let expected = [
        "2027-01-31T08:00:00Z",
        "2027-02-28T08:00:00Z",
        "2027-03-31T07:00:00Z",
        "2027-04-30T07:00:00Z",
    ];
    assert_eq!(shown["occurrences"], json!(expected));
    let word = json!({"word": "every_monday", "due_at": "2027-01-04T09:00:00Z", "count": 100});
    let shown = preview(&client, word).expect(200).json();
    assert_eq!(shown["text"], "every week on Mon");
    assert_eq!(shown["occurrences"].as_array().map(Vec::len), Some(100));
    let ends = json!({"rule": "FREQ=DAILY;COUNT=3", "due_at": "2027-01-04T09:00:00Z"});
    let shown = preview(&client, ends).expect(200).json();
    assert_eq!(shown["occurrences"].as_array().map(Vec::len), Some(3));
    end(app);
}

#[test]
fn a_preview_names_the_field_at_fault() {
    let (app, client) = app_with_user();
    let due = "2027-01-31T09:00:00Z";
    for (body, fields) in [
        (json!({"due_at": due}), &["rule"][..]),
        (json!({"rule": "daily", "word": "daily", "due_at": due}), &["word"]),
        (json!({"rule": "FREQ=HOURLY", "due_at": due}), &["rule"]),
        (json!({"word": "fortnightly", "due_at": due}), &["word"]),
        (json!({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "due_at": due}), &["rule"]),
        (json!({"rule": "FREQ=DAILY;UNTIL=20260101T000000Z", "due_at": due}), &["rule"]),
        (json!({"rule": "daily"}), &["body"]),
        (
            json!({"rule": "x", "due_at": "soon", "timezone": "Mars"}),
            &["rule", "due_at", "timezone"],
        ),
        (json!({"rule": "daily", "due_at": due, "count": 101}), &["count"]),
        (json!({"rule": "daily", "due_at": due, "count": 0}), &["count"]),
        (json!({"rule": "daily", "due_at": due, "basis": "whim"}), &["basis"]),
    ] {
        assert_eq!(preview(&client, body.clone()).expect(422).problem_fields(), fields, "{body}");
    }
    end(app);
}
