//! The whole way of a reminder, as a person meets it: set with the task, moved with its due date,
//! rung at its second, and told on every channel.

use std::sync::Arc;

use chrono::{Duration, SecondsFormat};
use serde_json::{Value, json};
use test_support::{Resources, eventually, within};

use super::browser::Browser;
use super::mailbox::Mailbox;
use super::receiver::{Receiver, Reply};
use super::{AT_ONCE, add, add_webhook, notifying, once, signature};
use crate::reminders::{due, job, now, wait_for_due};

#[test]
fn a_reminder_is_set_moved_rung_once_and_told_on_every_channel_within_two_seconds() {
    let (program, push_service) =
        (Receiver::start(Reply::Status(204)), Receiver::start(Reply::Status(201)));
    let mailbox = Mailbox::open();
    let resources = Arc::new(Resources::with("mail.yaml", &mailbox.binding()));
    let app = notifying().resources(&resources).offering_the_sidecar().start();
    let client = app.client().sign_up("ada@example.org");
    let webhook = add_webhook(&client, &program.url("/hook"));
    let browser = Browser::new();
    let subscription = browser.subscription(&push_service.url("/send/abc"));
    let push = add(&client, json!({"type": "web_push", "subscription": subscription}));
    let mail = add(&client, json!({"type": "email", "address": "ada@example.org"}));

    // Due tomorrow at 15:00: a job at 14:45.
    let tomorrow = (now() + Duration::days(1)).date_naive();
    let task = client.create(json!({
        "title": "Call the bank", "due_at": format!("{tomorrow}T15:00:00Z"),
    }));
    let broker = app.holder_of_jobs();
    let name = job(&client, &task, 1);
    let set = eventually("the job", || broker.job(&name));
    assert_eq!(set["dueTime"], format!("{tomorrow}T14:45:00Z"));

    // Moved so that the reminder is two seconds away; another task like it is deleted in time.
    let fire_at = now() + Duration::seconds(2);
    let due_at = fire_at + Duration::minutes(15);
    let due_at = due_at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let deleted = client.create(json!({"title": "Never mind", "due_at": due_at}));
    client.change(&task["id"], json!({"due_at": due_at}));
    client.delete(&deleted["id"]);

    let (event, published_at_ms) = wait_for_due(&app, 1).remove(0);
    let rung = format!("published {} ms late", published_at_ms - fire_at.timestamp_millis());
    assert_eq!(event["data"]["task_id"], task["id"], "{rung}");
    assert!(published_at_ms >= fire_at.timestamp_millis(), "{rung}");
    let told = within(AT_ONCE, || {
        let all = !program.received().is_empty()
            && !push_service.received().is_empty()
            && !mailbox.mails().is_empty();
        all.then(|| now().timestamp_millis() - published_at_ms)
    });
    let told_ms = told.expect("a channel was not told within two seconds");
    eprintln!("reminder: {rung}, told on three channels {told_ms} ms after");

    for channel in [&webhook, &push, &mail] {
        let delivery = once(&client, channel, "delivered");
        assert_eq!(delivery["event_id"], event["data"]["event_id"]);
        assert_eq!(delivery["attempts"].as_array().map(Vec::len), Some(1), "{delivery}");
    }
    let secret = webhook["secret"].as_str().unwrap_or_default();
    assert_eq!(signature::check(&program.received()[0], secret), 1);
    let pushed: Value = browser.decrypt(&push_service.received()[0].body);
    assert_eq!(pushed["title"], "Call the bank");
    let letter = &mailbox.mails()[0];
    assert_eq!(letter.to, ["ada@example.org"]);
    assert!(letter.content.contains("Subject: Reminder: Call the bank"), "{}", letter.content);

    app.settle();
    assert_eq!(due(&app).len(), 1);
    assert_eq!((program.received().len(), mailbox.mails().len()), (1, 1));
    app.stop();
}
