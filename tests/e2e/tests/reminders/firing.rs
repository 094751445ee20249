//! A reminder falls due once, not before its instant, and only while its task is there to be done.

use std::sync::Arc;

use chrono::Duration;
use serde_json::json;
use test_support::{App, BrokerKind, Call, Resources, eventually};

use super::{due, from_now, job, ms, now, ringing_in, wait_for_due};

/// What a person still calls "at the right second".
const LATE_MAX_MS: i64 = 2_000;
/// The engines of other tests start beside it.
const LATE_BEHIND_A_BROKER_MAX_MS: i64 = 6_000;

#[test]
fn a_reminder_rings_once_at_its_second() {
    let app = App::start();
    let client = app.client().sign_up("ring@example.org");
    let task = ringing_in(&client, Duration::milliseconds(1_500));
    let (event, published_at_ms) = wait_for_due(&app, 1).remove(0);
    let data = &event["data"];
    let late_ms = published_at_ms - ms(&data["fire_at"]);
    let late_max_ms =
        BrokerKind::of_this_run().map_or(LATE_MAX_MS, |_| LATE_BEHIND_A_BROKER_MAX_MS);
    assert!((0..late_max_ms).contains(&late_ms), "{late_ms} ms late");
    assert_eq!(event["type"], "reminder.due");
    assert_eq!(event["source"], "taskmaster/reminder");
    assert_eq!(data["task_id"], task["id"]);
    assert_eq!(data["task_data"], task);
    assert_eq!(data["reminder"], task["reminders"][0]);
    assert!(event.get("sequence").is_none(), "a reminder is no change of the task");
    app.settle();
    assert_eq!(due(&app).len(), 1);
    app.stop();
}

#[test]
fn what_is_done_deleted_or_moved_before_its_instant_does_not_ring() {
    let app = App::start();
    let client = app.client().sign_up("quiet@example.org");
    let lead = Duration::milliseconds(2_500);
    let completed = ringing_in(&client, lead);
    let deleted = ringing_in(&client, lead);
    let moved = ringing_in(&client, lead);
    client.complete(&completed["id"]);
    client.delete(&deleted["id"]);
    client.change(&moved["id"], json!({"reminders": [{"at": "2031-01-01T00:00:00Z"}]}));
    // It rings last, so the others had their chance.
    let last = ringing_in(&client, lead);
    let rung = wait_for_due(&app, 1);
    app.settle();
    assert_eq!(rung[0].0["data"]["task_id"], last["id"]);
    assert_eq!(due(&app).len(), 1);
    app.stop();
}

#[test]
fn a_reminder_whose_instant_has_passed_when_it_is_set_never_rings() {
    let app = App::start();
    let client = app.client().sign_up("past@example.org");
    ringing_in(&client, Duration::minutes(-5));
    let ahead = ringing_in(&client, Duration::milliseconds(500));
    let rung = wait_for_due(&app, 1);
    app.settle();
    assert_eq!(rung[0].0["data"]["task_id"], ahead["id"]);
    assert_eq!(due(&app).len(), 1);
    app.stop();
}

#[test]
fn a_snoozed_task_rings_again() {
    let app = App::start();
    let client = app.client().sign_up("snooze@example.org");
    let task = ringing_in(&client, Duration::milliseconds(500));
    wait_for_due(&app, 1);
    let until = from_now(Duration::milliseconds(1_000));
    let path = format!("/api/me/tasks/{}/snooze", task["id"]);
    client.call(Call::post(&path, json!({"until": until}))).expect(200);
    let rung = wait_for_due(&app, 2);
    assert_eq!(rung[1].0["data"]["fire_at"], until);
    app.settle();
    app.stop();
}

#[test]
fn a_call_that_comes_again_or_for_an_old_plan_changes_nothing() {
    let app = App::start();
    let client = app.client().sign_up("again@example.org");
    let task = ringing_in(&client, Duration::milliseconds(300));
    wait_for_due(&app, 1);
    let name = job(&client, &task, 1);
    for stale in [name.clone(), job(&client, &task, 7), name.replace("-1-1", "-5-1")] {
        client.call(Call::post(&format!("/job/{stale}"), json!({"name": stale}))).expect(200);
        client.call(Call::post("/api/jobs/trigger", json!({"name": stale}))).expect(200);
    }
    app.settle();
    assert_eq!(due(&app).len(), 1);
    app.stop();
}

#[test]
fn a_call_that_comes_far_too_early_is_sent_away_to_come_again() {
    let app = App::start();
    let client = app.client().sign_up("early@example.org");
    let task = ringing_in(&client, Duration::hours(1));
    let name = job(&client, &task, 1);
    client.call(Call::post(&format!("/job/{name}"), json!({"name": name}))).expect(503);
    client.call(Call::post("/job/something-else", json!({}))).expect(503);
    app.settle();
    assert!(due(&app).is_empty());
    app.stop();
}

#[test]
fn a_reminder_that_fell_due_while_everything_was_down_rings_after_the_start() {
    let app = App::builder().resources(&Arc::new(Resources::without_cron())).start();
    let client = app.client().sign_up("down@example.org");
    let task = ringing_in(&client, Duration::seconds(2));
    app.settle();
    let mut app = app;
    app.kill();
    let instant_ms = ms(&task["reminders"][0]["at"]);
    eventually("the instant passes while nobody is there", || {
        (now().timestamp_millis() > instant_ms).then_some(())
    });
    let app = app.restart();
    wait_for_due(&app, 1);
    app.settle();
    assert_eq!(due(&app).len(), 1);
    app.stop();
}
