//! A reminder on its way to a webhook: whenever the app dies, the message arrives, and whatever
//! arrives twice has the same id.

use std::collections::BTreeSet;
use std::sync::Arc;

use test_support::{App, Call, Client, Resources, eventually};

use super::{Fate, walk};
use crate::notifications::receiver::{Receiver, Reply};
use crate::notifications::{add_webhook, delivered, due, notifying};

/// Taking the event, three reads, the commit, the answer; leasing, sending and recording.
const CALLS_MIN: u64 = 9;

#[test]
fn dying_at_any_host_call_of_a_delivery_loses_no_message_and_gives_none_two_ids() {
    walk("a reminder to a webhook", CALLS_MIN, run);
}

/// The first life has no tick, so that its calls are those of the one message; later ones have.
fn run(point: &str) -> Fate {
    let receiver = Receiver::start(Reply::Status(200));
    let quiet = Arc::new(Resources::without_cron());
    let app = notifying().resources(&quiet).start();
    let client = app.client().sign_up("walker@example.org");
    add_webhook(&client, &receiver.url("/"));
    let (data, token) = (Arc::clone(app.data()), client.token().to_owned());
    let event = delivered(&due(&client, 1));
    app.stop();

    let mut fate = Fate::Untouched;
    let crashing = notifying().on(Arc::clone(&data)).resources(&quiet).crash_at(point).try_start();
    let mut app = crashing.unwrap_or_else(|_| {
        fate = Fate::Died;
        notifying().on(data).start()
    });
    let client = |app: &App| app.client().with_token(&token);
    let takes = |client: &Client| {
        client.anonymous().try_call(&event).is_ok_and(|answer| answer.status == 200)
    };
    let mut was_taken = takes(&client(&app));
    // The receiver is watched, and not the app: asking would be a host call.
    eventually(&format!("{point}: the message, or death"), || {
        (app.has_died() || !receiver.received().is_empty()).then_some(())
    });
    let done = eventually(&format!("{point}: the record, or death"), || {
        if app.has_died() {
            return Some(false);
        }
        is_recorded(&client(&app)).then_some(true)
    });
    if !done {
        fate = Fate::Died;
        app = app.restart_as(|builder| builder.resources(&Arc::new(Resources::Checkout)));
        // As Dapr does: until it is acknowledged.
        while !was_taken {
            was_taken = takes(&client(&app));
        }
        eventually(&format!("{point}: the message is recorded"), || {
            is_recorded(&client(&app)).then_some(())
        });
    }
    let received = receiver.received();
    let ids: BTreeSet<&str> = received.iter().map(|it| it.header("webhook-id")).collect();
    assert_eq!(ids.len(), 1, "{point}: {received:?}");
    assert!(received.len() <= 2, "{point}: {received:?}");
    // Not by asking it to stop: the last question may have brought it to its crash point meanwhile.
    app.kill();
    fate
}

/// Whether the log holds the one message, delivered. An app that is down says nothing.
fn is_recorded(client: &Client) -> bool {
    let answer = client.try_call(&Call::get("/api/me/deliveries"));
    let answer = answer.ok().filter(|answer| answer.status == 200);
    answer.is_some_and(|answer| {
        let log = answer.json()["deliveries"].as_array().cloned().unwrap_or_default();
        log.len() == 1 && log[0]["state"] == "delivered"
    })
}
