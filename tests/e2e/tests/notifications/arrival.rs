//! What arrives, and what the log says about it.

use serde_json::{Value, json};
use test_support::{App, Client, wait};

use super::browser::{Browser, check_sender};
use super::receiver::{Received, Receiver, Reply};
use super::{AT_ONCE, add, add_webhook, log, notifying, once, ring, signature};

/// The only request that a receiver got.
#[track_caller]
fn single(receiver: &Receiver, wanted: impl Fn(&Received) -> bool) -> Received {
    let wanted = |it: &Received| wanted(it);
    let found = wait::within(AT_ONCE, || receiver.received().into_iter().find(wanted));
    let found = found.unwrap_or_else(|| panic!("nothing came within {AT_ONCE:?}"));
    assert_eq!(receiver.received().into_iter().filter(wanted).count(), 1);
    found
}

#[test]
fn a_reminder_reaches_browser_mailbox_and_program_at_once() {
    let (program, push_service) =
        (Receiver::start(Reply::Status(204)), Receiver::start(Reply::Status(201)));
    let sidecar = Receiver::start(Reply::Status(204));
    let app = notifying().with_dapr_at(sidecar.url("")).start();
    let client = app.client().sign_up("ada@example.org");
    let webhook = add_webhook(&client, &program.url("/hook?k=1"));
    let browser = Browser::new();
    let subscription = browser.subscription(&push_service.url("/send/abc"));
    let push = add(&client, json!({"type": "web_push", "subscription": subscription}));
    let mail = add(&client, json!({"type": "email", "address": "ada@example.org"}));

    ring(&client, 1);
    check_program(&single(&program, |_| true), &webhook);
    check_browser(&client, &push_service, browser);
    check_mail(&single(&sidecar, |it| it.path.contains("/bindings/")));

    for (channel, status) in [(&webhook, 204), (&push, 201), (&mail, 204)] {
        let delivery = once(&client, channel, "delivered");
        assert_eq!(delivery["event_type"], "reminder.due");
        assert_eq!(delivery["attempts"].as_array().map(Vec::len), Some(1), "{delivery}");
        let attempt = &delivery["attempts"][0];
        assert_eq!((&attempt["status"], &attempt["error"]), (&json!(status), &Value::Null));
        assert!(attempt["latency_ms"].as_u64().is_some_and(|ms| ms < 2_000), "{attempt}");
    }
    app.stop();
}

#[track_caller]
fn check_program(received: &Received, channel: &Value) {
    assert_eq!(received.path, "/hook?k=1");
    assert_eq!(signature::check(received, channel["secret"].as_str().unwrap_or_default()), 1);
    let body: Value = serde_json::from_slice(&received.body).expect("JSON");
    assert_eq!(body["type"], "reminder.due");
    assert_eq!(body["timestamp"], "2027-01-31T08:45:00Z");
    assert_eq!(body["data"]["task_data"]["title"], "Water plants");
}

#[track_caller]
fn check_browser(client: &Client, push_service: &Receiver, browser: Browser) {
    let received = single(push_service, |_| true);
    let public_key = client.get("/api/me/channels").expect(200).json()["vapid_public_key"].clone();
    let claims = check_sender(&received, public_key.as_str().unwrap_or_default());
    assert_eq!(claims["aud"], push_service.url(""));
    assert_eq!(claims["sub"], "mailto:ops@example.org");
    assert_eq!(received.path, "/send/abc");
    assert_eq!(received.header("content-encoding"), "aes128gcm");
    assert_eq!(received.header("urgency"), "high");
    assert!(received.header("ttl").parse::<u32>().is_ok_and(|seconds| seconds > 0));
    assert_eq!(received.header("topic").len(), 22);
    let message = browser.decrypt(&received.body);
    assert_eq!(message["title"], "Water plants");
    assert_eq!(message["url"], "https://tasks.example.org/?task=3");
}

#[track_caller]
fn check_mail(received: &Received) {
    let call: Value = serde_json::from_slice(&received.body).expect("JSON");
    assert!(received.path.ends_with("/bindings/mail"), "{}", received.path);
    assert_eq!(call["operation"], "create");
    let expected = json!({
        "emailFrom": "tasks@example.org",
        "emailTo": "ada@example.org",
        "subject": "Reminder: Water plants",
    });
    assert_eq!(call["metadata"], expected);
    let html = call["data"].as_str().unwrap_or_default();
    assert!(html.contains("Due Sun 31 Jan 2027, 10:00 (Europe/Berlin)"), "{html}");
}

#[test]
fn a_reminder_that_is_brought_twice_is_told_once() {
    let program = Receiver::start(Reply::Status(200));
    let app = notifying().start();
    let client = app.client().sign_up("twice@example.org");
    let webhook = add_webhook(&client, &program.url("/"));
    ring(&client, 1);
    once(&client, &webhook, "delivered");
    ring(&client, 1);
    // Another one comes after it, so that a copy would have come, too.
    ring(&client, 2);
    wait::within(AT_ONCE, || (program.received().len() == 2).then_some(())).expect("two");
    let log = log(&client);
    assert_eq!(log.len(), 2);
    assert_ne!(log[0]["id"], log[1]["id"]);
    app.stop();
}

#[test]
fn a_channel_that_is_switched_off_and_a_stranger_hear_nothing() {
    let program = Receiver::start(Reply::Status(200));
    let app = notifying().start();
    let client = app.client().sign_up("quiet@example.org");
    add(&client, json!({"type": "webhook", "url": program.url("/off"), "enabled": false}));
    let on = add_webhook(&client, &program.url("/on"));
    let stranger = app.client().sign_up("stranger@example.org");
    add_webhook(&stranger, &program.url("/stranger"));
    ring(&client, 1);
    once(&client, &on, "delivered");
    assert_eq!(log(&client).len(), 1);
    assert_eq!(log(&stranger), Vec::<Value>::new());
    let id = log(&client)[0]["id"].clone();
    let path = format!("/api/me/deliveries/{}", id.as_str().unwrap_or_default());
    assert_eq!(client.get(&path).expect(200).json()["message"]["id"], log(&client)[0]["event_id"]);
    stranger.get(&path).expect(404);
    App::stop(app);
}
