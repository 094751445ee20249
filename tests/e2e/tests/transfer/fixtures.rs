//! Exports of real programs, in English and Urdu, in and out again.

use serde_json::Value;
use test_support::{App, Client};

use super::{export, figures, import, nameless};

const FORMATS: [&str; 4] = ["json", "csv", "todotxt", "ics"];

/// Format, file, and how many tasks it holds.
const FIXTURES: [(&str, &str, u64); 7] = [
    ("json", include_str!("../../../fixtures/imports/taskmaster.json"), 3),
    ("csv", include_str!("../../../fixtures/imports/todoist.csv"), 6),
    ("csv", include_str!("../../../fixtures/imports/todoist-ur.csv"), 3),
    ("todotxt", include_str!("../../../fixtures/imports/todo.txt"), 11),
    ("todotxt", include_str!("../../../fixtures/imports/todo-ur.txt"), 4),
    ("ics", include_str!("../../../fixtures/imports/nextcloud-tasks.ics"), 3),
    ("ics", include_str!("../../../fixtures/imports/apple-reminders.ics"), 3),
];

/// Whatever was imported, an export in any format makes the same tasks in another account.
#[test]
fn an_export_makes_the_same_tasks_in_another_account() {
    let app = App::start();
    for (at, (format, file, tasks)) in FIXTURES.into_iter().enumerate() {
        let client = app.client().sign_up(&format!("from{at}@example.org"));
        let report = import(&client, &format!("format={format}"), file);
        assert_eq!(figures(&report), [tasks, 0, 0], "{report}");
        assert_eq!(client.tasks().len() as u64, tasks);
        for format in FORMATS {
            let exported = export(&client, format);
            let other = app.client().sign_up(&format!("{format}{at}@example.org"));
            let report = import(&other, &format!("format={format}"), &exported);
            assert_eq!(figures(&report), [tasks, 0, 0], "{report}");
            let again = nameless(&export(&other, format), &other);
            assert_eq!(again, nameless(&exported, &client), "fixture {at} as {format}");
            assert_eq!(shown(&other), shown(&client), "fixture {at} as {format}");
        }
    }
    app.settle();
    app.stop();
}

#[test]
fn what_is_completed_stays_completed_and_has_no_next_instance() {
    let app = App::start();
    let client = app.client().sign_up("completed@example.org");
    let file = "x 2026-10-02 2026-10-01 Water the plants due:2026-10-01 rec:+1d\n";
    assert_eq!(figures(&import(&client, "format=todotxt", file)), [1, 0, 0]);
    app.settle();
    let tasks = client.tasks();
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0]["completed"], true);
    assert_eq!(tasks[0]["completed_at"], "2026-10-02T23:59:00Z");
    app.stop();
}

#[test]
fn an_export_says_what_it_is() {
    let app = App::start();
    let client = app.client().sign_up("head@example.org");
    for (format, media_type, file_name) in [
        ("json", "application/json", "tasks.json"),
        ("csv", "text/csv; charset=utf-8", "tasks.csv"),
        ("todotxt", "text/plain; charset=utf-8", "todo.txt"),
        ("ics", "text/calendar; charset=utf-8", "tasks.ics"),
    ] {
        let answer = client.get(&format!("/api/me/export?format={format}")).expect(200);
        assert_eq!(answer.header("content-type"), Some(media_type));
        let disposition = format!("attachment; filename=\"{file_name}\"");
        assert_eq!(answer.header("content-disposition"), Some(disposition.as_str()));
    }
    app.stop();
}

/// The tasks as the API shows them, without what is an account's own.
fn shown(client: &Client) -> Vec<Value> {
    let mut tasks = client.tasks();
    for task in &mut tasks {
        // Numbers follow the order of the file, and a file is exported by its dates of creation.
        task["id"].take();
        task["series_id"].take();
    }
    tasks
}
