//! The main job: a recurring task is completed, and its next instance is listed.

use std::sync::Arc;

use serde_json::{Value, json};
use test_support::{App, Call, Client, DataFolder, Resources, eventually};

use super::{Fate, walk};

/// Accepting, reading, committing and answering the completion, publishing it on two topics, and
/// the same again for its consumer.
const CALLS_MIN: u64 = 25;

/// A user with one recurring task whose first event has left the outbox.
struct Prepared {
    data: DataFolder,
    token: String,
    task: Value,
}

#[test]
fn dying_at_any_host_call_of_a_completion_loses_nothing_and_doubles_nothing() {
    let prepared = prepare();
    walk("completing a recurring task", CALLS_MIN, |point| run(&prepared, point));
}

fn prepare() -> Prepared {
    let app = App::start();
    let client = app.client().sign_up("walker@example.org");
    let task = client.create(json!({
        "title": "Water plants", "due_at": "2027-01-31T09:00:00Z", "recurrence": "monthly",
    }));
    app.settle();
    let data = Arc::clone(app.data());
    app.stop();
    Prepared { data: data.duplicate(), token: client.token().to_owned(), task }
}

/// The scenario on a copy of the data: complete the task, see its next instance. Nothing but the
/// completion itself wakes the relay before the crash; afterwards the sweep finds what is left.
fn run(prepared: &Prepared, point: &str) -> Fate {
    let sweeping = Arc::new(Resources::with_cron_every_second());
    let builder = App::builder()
        .on(Arc::new(prepared.data.duplicate()))
        .resources(&Arc::new(Resources::without_cron()))
        .log_host_calls();
    let crashing = builder.clone().crash_at(point).try_start();
    let mut fate = Fate::Untouched;
    let mut app = crashing.unwrap_or_else(|_| {
        fate = Fate::Died;
        builder.resources(&sweeping).start()
    });
    let complete = Call::new("POST", &format!("/api/me/tasks/{}/complete", prepared.task["id"]))
        .once("the one completion");
    let restarted = |app: App, fate: &mut Fate| {
        *fate = Fate::Died;
        app.restart_as(|builder| builder.resources(&sweeping))
    };
    loop {
        let client = app.client().with_token(&prepared.token);
        match client.try_call(&complete) {
            Ok(answer) => break drop(answer.expect(200)),
            Err(_) => app = restarted(app, &mut fate),
        }
    }
    let is_settled = eventually(&format!("{point}: the next instance, or death"), || {
        if app.has_died() {
            return Some(false);
        }
        is_next_listed(&app.client().with_token(&prepared.token), prepared).then_some(true)
    });
    if !is_settled || !survives_until_quiet(&mut app) {
        app = restarted(app, &mut fate);
    }
    check(app, prepared, point);
    fate
}

fn is_next_listed(client: &Client, prepared: &Prepared) -> bool {
    let listed = client.try_call(&Call::get("/api/me/tasks"));
    listed.is_ok_and(|answer| {
        let tasks = answer.json()["tasks"].as_array().cloned().unwrap_or_default();
        tasks
            .iter()
            .any(|task| task["series_id"] == prepared.task["series_id"] && task["occurrence"] == 2)
    })
}

fn survives_until_quiet(app: &mut App) -> bool {
    eventually("quiet, or death", || match (app.has_died(), app.is_quiet()) {
        (true, _) => Some(false),
        (false, true) => Some(true),
        (false, false) => None,
    })
}

/// Asks nothing of the app: a call more would be a host call more, and this one may be armed.
fn check(app: App, prepared: &Prepared, point: &str) {
    let ledger = app.settle();
    let series = prepared.task["series_id"].as_str().unwrap_or_default();
    assert_eq!(ledger.instances(series, 2), 1, "{point}: next instances");
    assert_eq!(ledger.tasks.len(), 2, "{point}: tasks");
    assert_eq!(ledger.events.len(), 3, "{point}: created, completed, created");
    assert_eq!(ledger.completed_occurrences(), 1, "{point}: completed tasks");
    app.stop();
}
