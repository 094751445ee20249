//! Uploading a file again brings what is missing, and nothing twice.

use serde_json::json;
use test_support::{App, Client, eventually};

use super::upload::Upload;
use super::{export, figures, import};

const LINES: u64 = 1_000;

#[test]
fn the_same_file_again_brings_nothing() {
    let app = App::start();
    let client = app.client().sign_up("again@example.org");
    let file = "Milk\nEggs\nMilk\n";
    assert_eq!(figures(&import(&client, "format=todotxt", file)), [3, 0, 0]);
    assert_eq!(figures(&import(&client, "format=todotxt", file)), [0, 3, 0]);
    // A line more, in the middle.
    let longer = "Milk\nFlour\nEggs\nMilk\n";
    assert_eq!(figures(&import(&client, "format=todotxt", longer)), [1, 3, 0]);
    app.settle();
    app.stop();
}

/// An export is a backup: it brings back what was deleted, and nothing that is still there.
#[test]
fn an_export_brings_back_what_is_missing() {
    let app = App::start();
    let client = app.client().sign_up("backup@example.org");
    for title in ["One", "Two", "Three"] {
        client.create(json!({"title": title}));
    }
    for format in ["json", "csv", "todotxt", "ics"] {
        let backup = export(&client, format);
        let query = format!("format={format}");
        assert_eq!(figures(&import(&client, &query, &backup)), [0, 3, 0], "{format}");
    }
    let backup = export(&client, "json");
    client.delete(&json!(2));
    assert_eq!(figures(&import(&client, "format=json", &backup)), [1, 2, 0]);
    let mut titles: Vec<_> = client.tasks().iter().map(|it| it["title"].to_string()).collect();
    titles.sort();
    assert_eq!(titles, ["\"One\"", "\"Three\"", "\"Two\""]);
    app.settle();
    app.stop();
}

/// What was committed before the client left is whole, and the rest comes with the next upload.
#[test]
fn a_client_that_leaves_loses_nothing_of_what_was_taken() {
    let app = App::start();
    let client = app.client().sign_up("leaves@example.org");
    let file: String = (1..=LINES).map(|line| format!("Task {line}\n")).collect();
    let id = "0198a0c0-0000-7000-8000-000000000002";
    let query = format!("format=todotxt&id={id}");
    let mut upload = Upload::begin(&client, &query, Some(file.len()));
    upload.send(&file.as_bytes()[..file.len() / 2]).expect("the app listens");
    let progress = || client.get(&format!("/api/me/imports/{id}")).json();
    eventually("half of it is taken", || (created(&client) >= 400).then_some(()));
    upload.leave();
    let state = eventually("the upload is given up", || {
        let state = progress()["state"].clone();
        (state != "running").then_some(state)
    });
    assert_eq!(state, "failed");
    let taken = created(&client);
    assert_eq!(progress()["created"], taken);
    let report = import(&client, "format=todotxt", &file);
    assert_eq!(figures(&report), [LINES - taken, taken, 0]);
    assert_eq!(client.tasks().len() as u64, LINES);
    app.settle();
    app.stop();
}

/// Two uploads of one file at once bring each line once.
#[test]
fn two_uploads_at_once_bring_each_line_once() {
    let app = App::start();
    let client = app.client().sign_up("twice@example.org");
    let file: String = (1..=LINES).map(|line| format!("Task {line}\n")).collect();
    let both = std::thread::scope(|scope| {
        let uploads = [0, 1].map(|_| scope.spawn(|| import(&client, "format=todotxt", &file)));
        uploads.map(|upload| upload.join().expect("an upload"))
    });
    let [first, second] = both.each_ref().map(figures);
    assert_eq!(first[0] + second[0], LINES, "{both:?}");
    assert_eq!(first[1] + second[1], LINES, "{both:?}");
    assert_eq!(client.tasks().len() as u64, LINES);
    assert_eq!(export(&client, "todotxt").lines().count() as u64, LINES);
    app.settle();
    app.stop();
}

fn created(client: &Client) -> u64 {
    client.get("/api/me/tasks/stats").expect(200).json()["total"].as_u64().expect("a figure")
}
