//! A reminder: set with its task, told to the scheduler, rung, planned for a webhook and sent.

use chrono::Duration;
use serde_json::json;
use test_support::{Call, Client, Ledger, eventually};

use super::run::{Scenario, Stage, answered};
use crate::notifications::receiver::{Receiver, Reply};
use crate::notifications::{add_webhook, notifying};
use crate::reminders::{from_now, ringing_in};

/// The creation, its way out, the job, the call for it, its event's way out, the notifier's
/// reading, planning, sending and recording.
const WHOLE_CALLS_MIN: u64 = 35;
/// Without the creation.
const FIRING_CALLS_MIN: u64 = 20;
/// Long enough to be set before it rings, on a busy machine, and no longer.
const LEAD: Duration = Duration::seconds(3);

fn with_webhook(receiver: &Receiver, set: impl FnOnce(&Client)) -> Stage {
    Stage::set(notifying(), |app| {
        let client = app.client().sign_up("walker@example.org");
        add_webhook(&client, &receiver.url("/hook"));
        set(&client);
        client
    })
}

fn is_told(ledger: &Ledger) -> bool {
    ledger.deliveries.iter().any(|delivery| delivery.state == "delivered")
}

/// Rung once and told once; a death between sending and recording sends it again, under its id.
fn check_told(ledger: &Ledger) {
    let due = ledger.events.iter().filter(|event| event.kind() == "reminder.due");
    assert_eq!(due.count(), 1, "reminder.due events");
    let states: Vec<&str> = ledger.deliveries.iter().map(|it| it.state.as_str()).collect();
    assert_eq!(states, ["delivered"]);
    let states: Vec<&str> = ledger.reminders.iter().map(|it| it.state.as_str()).collect();
    assert_eq!(states, ["fired"]);
}

#[test]
fn dying_at_any_host_call_from_setting_a_reminder_to_its_webhook_rings_once() {
    let receiver = Receiver::start(Reply::Status(204));
    let stage = with_webhook(&receiver, |_| {});
    Scenario {
        name: "a reminder, from setting it to its webhook",
        calls_min: WHOLE_CALLS_MIN,
        stage: &stage,
        act: &|_, client| {
            // Asked again it may be another body under the same key: its answer is the first one,
            // or a refusal, and either way the first one was done.
            let body = json!({"title": "Call", "reminders": [{"at": from_now(LEAD)}]});
            let create = Call::post("/api/me/tasks", body).once("the one creation");
            client.try_call(&create).map(|answer| {
                assert!(matches!(answer.status, 201 | 422), "{}", answer.text());
            })
        },
        is_done: &|ledger, _| is_told(ledger),
        check: &check_told,
    }
    .walk();
}

#[test]
fn dying_at_any_host_call_of_a_firing_rings_once() {
    let receiver = Receiver::start(Reply::Status(204));
    let stage = with_webhook(&receiver, |client| drop(ringing_in(client, LEAD * 3)));
    assert_eq!(stage.ledger().reminders[0].state, "pending", "it rang before the walk");
    Scenario {
        name: "a reminder falls due",
        calls_min: FIRING_CALLS_MIN,
        stage: &stage,
        act: &|_, _| Ok(()),
        is_done: &|ledger, _| is_told(ledger),
        check: &check_told,
    }
    .walk();
}

#[test]
fn dying_at_any_host_call_of_a_second_attempt_delivers_what_failed() {
    let receiver = Receiver::start(Reply::Status(500));
    let stage = failed_once(&receiver);
    receiver.reply(Reply::Status(204));
    eventually("its time has come", || {
        let ledger = stage.ledger();
        (ledger.deliveries[0].due_at_ms < Some(ledger.read_at_ms)).then_some(())
    });
    Scenario {
        name: "a delivery that failed is tried again",
        calls_min: 6,
        stage: &stage,
        act: &|_, client| answered(&client.anonymous(), &tick(), 200),
        is_done: &|ledger, _| is_told(ledger),
        check: &check_told,
    }
    .walk();
    check_one_message(&receiver);
}

#[test]
fn dying_at_any_host_call_of_a_replay_delivers_again() {
    let receiver = Receiver::start(Reply::Status(500));
    let stage = failed_once(&receiver);
    receiver.reply(Reply::Status(204));
    Scenario {
        name: "a delivery is replayed by its owner",
        calls_min: 10,
        stage: &stage,
        act: &|_, client| {
            let log = client.try_call(&Call::get("/api/me/deliveries"))?.expect(200).json();
            let id = log["deliveries"][0]["id"].as_str().unwrap_or_default().to_owned();
            let replay = Call::new("POST", &format!("/api/me/deliveries/{id}/replay"));
            answered(client, &replay, 200)?;
            answered(&client.anonymous(), &tick(), 200)
        },
        is_done: &|ledger, _| is_told(ledger),
        check: &check_told,
    }
    .walk();
    check_one_message(&receiver);
}

/// The sidecar's clock; the first life has none of its own.
fn tick() -> Call {
    Call::post("/cron/deliveries", json!({}))
}

/// A reminder that rang, and whose receiver was out of order.
fn failed_once(receiver: &Receiver) -> Stage {
    with_webhook(receiver, |client| {
        ringing_in(client, Duration::milliseconds(500));
        eventually("a first attempt is recorded", || {
            let log = client.get("/api/me/deliveries").expect(200).json();
            (log["deliveries"][0]["attempts"][0]["status"] == 500).then_some(())
        });
    })
}

/// However often it was sent, its receiver can tell that it is one.
fn check_one_message(receiver: &Receiver) {
    let mut ids: Vec<String> =
        receiver.received().iter().map(|it| it.header("webhook-id").to_owned()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
}
