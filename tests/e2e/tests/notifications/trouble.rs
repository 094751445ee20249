//! Receivers that are slow, broken or gone, and people who sleep.

use serde_json::{Value, json};
use test_support::{Call, Client, eventually, wait};

use super::browser::Browser;
use super::receiver::{Receiver, Reply};
use super::{AT_ONCE, add, add_webhook, channels, log, notifying, once, ring, signature};

#[track_caller]
fn replay(client: &Client, delivery: &Value) {
    let id = delivery["id"].as_str().unwrap_or_default();
    let path = format!("/api/me/deliveries/{id}/replay");
    let replayed = client.call(Call::new("POST", &path)).expect(200).json();
    assert_eq!(replayed["state"], "pending");
    assert!(replayed["next_attempt_at"].is_string() && replayed["finished_at"].is_null());
}

#[test]
fn a_browser_that_has_unsubscribed_is_taken_off_the_list() {
    let push_service = Receiver::start(Reply::Status(410));
    let app = notifying().start();
    let client = app.client().sign_up("unsubscribed@example.org");
    let subscription = Browser::new().subscription(&push_service.url("/gone"));
    let push = add(&client, json!({"type": "web_push", "subscription": subscription}));
    ring(&client, 1);
    let delivery = once(&client, &push, "failed");
    assert_eq!(delivery["attempts"][0]["status"], 410);
    assert_eq!(channels(&client), Vec::<Value>::new());
    app.stop();
}

#[test]
fn a_webhook_that_is_gone_is_switched_off_until_its_owner_switches_it_on() {
    let program = Receiver::start(Reply::Status(410));
    let app = notifying().start();
    let client = app.client().sign_up("gone@example.org");
    let webhook = add_webhook(&client, &program.url("/"));
    ring(&client, 1);
    once(&client, &webhook, "failed");
    let held = channels(&client).remove(0);
    assert_eq!(held["enabled"], false);
    assert_eq!(held["disabled_reason"], "the receiver answered 410");

    program.reply(Reply::Status(200));
    let again = json!({"channels": [{"id": held["id"], "type": "webhook", "enabled": true}]});
    client.call(Call::new("PUT", "/api/me/channels").json(again)).expect(200);
    ring(&client, 2);
    once(&client, &webhook, "delivered");
    assert_eq!(channels(&client)[0]["disabled_reason"], Value::Null);
    let secret = webhook["secret"].as_str().unwrap_or_default();
    for received in program.received() {
        signature::check(&received, secret);
    }
    app.stop();
}

#[test]
fn a_channel_that_hangs_holds_up_no_other() {
    let (stuck, program) = (Receiver::start(Reply::Hang), Receiver::start(Reply::Status(200)));
    let app = notifying().start();
    let client = app.client().sign_up("hanging@example.org");
    let hanging = add_webhook(&client, &stuck.url("/"));
    add_webhook(&client, &program.url("/"));
    for number in 1..=6 {
        ring(&client, number);
        let count = || (program.received().len() == number as usize).then_some(());
        wait::within(AT_ONCE, count).unwrap_or_else(|| panic!("number {number} is late"));
    }
    let waiting = |delivery: &Value| delivery["channel_id"] == hanging["id"];
    let log = log(&client);
    let states: Vec<&Value> = log.iter().filter(|it| waiting(it)).map(|it| &it["state"]).collect();
    assert_eq!(states, vec!["pending"; 6]);
    // It recovers, and hears of everything.
    stuck.reply(Reply::Status(200));
    eventually("all arrives", || {
        let log = super::log(&client);
        log.iter().all(|delivery| delivery["state"] == "delivered").then_some(())
    });
    let ids = |receiver: &Receiver| -> std::collections::BTreeSet<String> {
        receiver.received().iter().map(|it| it.header("webhook-id").to_owned()).collect()
    };
    assert_eq!((ids(&stuck).len(), ids(&program).len()), (6, 6));
    app.stop();
}

#[test]
fn what_fails_is_tried_again_with_the_id_it_had() {
    let program = Receiver::start(Reply::Status(500));
    let app = notifying().start();
    let client = app.client().sign_up("again@example.org");
    let webhook = add_webhook(&client, &program.url("/"));
    ring(&client, 1);
    eventually("a first attempt", || (!program.received().is_empty()).then_some(()));
    program.reply(Reply::Status(200));
    let delivery = once(&client, &webhook, "delivered");
    let statuses: Vec<&Value> =
        delivery["attempts"].as_array().into_iter().flatten().map(|it| &it["status"]).collect();
    assert_eq!(statuses, [500, 200]);
    assert_eq!(delivery["attempts"][0]["error"], "the receiver answered 500");
    let ids: Vec<String> =
        program.received().iter().map(|it| it.header("webhook-id").to_owned()).collect();
    assert_eq!(ids, [delivery["id"].as_str().unwrap_or_default(); 2]);

    // Its owner may ask for it once more.
    replay(&client, &delivery);
    eventually("a third request", || (program.received().len() == 3).then_some(()));
    assert_eq!(program.received()[2].header("webhook-id"), ids[0]);
    app.stop();
}

#[test]
fn quiet_hours_put_a_reminder_off_until_they_end() {
    let program = Receiver::start(Reply::Status(200));
    let app = notifying().start();
    let client = app.client().sign_up("asleep@example.org");
    let webhook = add_webhook(&client, &program.url("/"));
    // All of the day but a minute that is not now.
    let (from, to) =
        match client.create(json!({"title": "What time is it?"}))["created_at"].as_str() {
            Some(at) if at.contains("T12:") => ("00:01", "00:00"),
            _ => ("12:01", "12:00"),
        };
    let quiet = json!({"quiet_hours": {"from": from, "to": to}});
    client.call(Call::new("PUT", "/api/me/profile").json(quiet)).expect(200);
    ring(&client, 1);
    let delivery = once(&client, &webhook, "pending");
    let next = delivery["next_attempt_at"].as_str().unwrap_or_default();
    assert!(next.ends_with(&format!("T{to}:00Z")), "{next}");
    assert_eq!(delivery["attempts"], json!([]));
    assert!(program.received().is_empty());

    // Whoever asks for it is awake.
    replay(&client, &delivery);
    once(&client, &webhook, "delivered");
    assert_eq!(program.received().len(), 1);
    app.wait_until_quiet();
    app.stop();
}
