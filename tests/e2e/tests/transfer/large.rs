//! A file of fifty thousand tasks: bounded memory, visible progress, and a kill in the middle.

use std::collections::BTreeSet;
use std::thread;

use serde_json::Value;
use test_support::{App, Client, eventually};

use super::upload::Upload;

const TASKS: u64 = 50_000;

/// What the host and its sidecar settle at under any load. The file with its rows and events, were
/// it held anywhere, would come on top.
const GROWTH_BYTES_MAX: u64 = 256 * 1024 * 1024;

const FIRST: &str = "0198a0c0-0000-7000-8000-000000000003";
const SECOND: &str = "0198a0c0-0000-7000-8000-000000000004";

#[test]
fn fifty_thousand_tasks_come_in_whatever_happens() {
    let file = file();
    let mut app = App::start();
    let client = app.client().sign_up("many@example.org");
    let (before, _) = app.resident_bytes();

    let upload = start(&client, FIRST, file.clone());
    let seen = watch(&client, FIRST, |progress| progress["created"].as_u64() >= Some(TASKS / 2));
    assert!(seen.len() >= 2, "progress was seen as {seen:?}");
    let (_, peak) = app.resident_bytes();
    app.kill();
    assert!(upload.join().expect("the upload").is_none(), "it ended before it was killed");

    let app = app.restart();
    let taken = progress(&client, FIRST)["created"].as_u64().expect("a figure");
    assert_eq!(total(&client), taken, "progress is kept with the tasks");
    let (again_before, _) = app.resident_bytes();
    let upload = start(&client, SECOND, file);
    let seen = watch(&client, SECOND, |progress| progress["state"] == "done");
    assert!(seen.len() >= 2, "progress was seen as {seen:?}");
    let (_, again_peak) = app.resident_bytes();
    let report = upload.join().expect("the upload").expect("an answer");
    assert_eq!(report["created"], TASKS - taken);
    assert_eq!(report["duplicates"], taken);
    assert_eq!(total(&client), TASKS);

    // The kernel brings the peak up to date a little later than the present.
    let growths = [peak.saturating_sub(before), again_peak.saturating_sub(again_before)];
    eprintln!(
        "50 000 tasks: killed at {taken}, progress seen {} times, memory grew by {} and {} MiB",
        seen.len(),
        growths[0] >> 20,
        growths[1] >> 20,
    );
    assert!(growths.iter().all(|growth| *growth < GROWTH_BYTES_MAX), "{growths:?}");
    // What a person imports in a minute is published for longer than a test waits.
    app.leave_undrained();
}

fn file() -> Vec<u8> {
    let line = |number: u64| {
        let day = number % 28 + 1;
        format!("(B) 2026-01-{day:02} Task number {number} @load +import due:2099-03-{day:02}\n")
    };
    (1..=TASKS).map(line).collect::<String>().into_bytes()
}

/// `None` when the app was killed meanwhile.
fn start(client: &Client, id: &str, file: Vec<u8>) -> thread::JoinHandle<Option<Value>> {
    let mut upload = Upload::begin(client, &format!("format=todotxt&id={id}"), Some(file.len()));
    thread::spawn(move || {
        upload.send(&file).ok()?;
        let answer = upload.try_answer()?;
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).ok()
    })
}

/// The figures that were seen until `is_over`.
fn watch(client: &Client, id: &str, is_over: impl Fn(&Value) -> bool) -> BTreeSet<u64> {
    let mut seen = BTreeSet::new();
    let mut last = 0;
    loop {
        // Patience is for the next chunk, not for the whole file.
        let progress = eventually("the import goes on", || {
            let progress = progress(client, id);
            let records = progress["records"].as_u64().unwrap_or_default();
            (records > last || is_over(&progress)).then_some(progress)
        });
        last = progress["records"].as_u64().unwrap_or_default();
        if progress["state"] == "running" {
            seen.insert(last);
        }
        if is_over(&progress) {
            return seen;
        }
    }
}

fn progress(client: &Client, id: &str) -> Value {
    let answer = client.get(&format!("/api/me/imports/{id}"));
    if answer.status == 404 { Value::Null } else { answer.json() }
}

fn total(client: &Client) -> u64 {
    client.get("/api/me/tasks/stats").expect(200).json()["total"].as_u64().expect("a figure")
}
