//! The sidecar is away for a while, or hangs. People notice nothing, and every event gets out when
//! it is back, in order and without being asked to.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use task_contracts::names::Topic;
use test_support::seed::pause;
use test_support::{App, Client, Resources, Seed, Sidecar, eventually};

/// With a sidecar an answer takes some milliseconds. What waits for one takes the publish timeout
/// of two seconds, so anything in between tells them apart on a busy machine too.
const ANSWER_MAX: Duration = Duration::from_millis(1_500);

/// How late an event may leave after its commit.
const WAKE_UP_MAX_MS: i64 = 1_000;
const CREATES: usize = 1_000;
const CREATORS: usize = 4;
const GAP_MAX: Duration = Duration::from_millis(60);

#[track_caller]
fn create_quickly(client: &Client, title: &str) {
    let asked_at = Instant::now();
    client.create(json!({"title": title}));
    let took = asked_at.elapsed();
    assert!(took < ANSWER_MAX, "creating {title:?} took {took:?}");
}

/// A figure of `/metrics`.
#[track_caller]
fn metric(client: &Client, name: &str) -> f64 {
    let metrics = client.get("/metrics").expect(200).text();
    let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
    value.unwrap_or_else(|| panic!("no {name} in:\n{metrics}"))
}

#[test]
fn a_stopped_sidecar_delays_no_answer_and_the_outbox_drains_when_it_returns() {
    let (app, mut sidecar) = Sidecar::with_app(Resources::Checkout);
    let users = ["ada", "grace"].map(|name| app.client().sign_up(&format!("{name}@example.org")));
    for user in &users {
        create_quickly(user, "before");
    }
    app.settle();

    sidecar.stop();
    for number in 1..=20 {
        for user in &users {
            create_quickly(user, &format!("meanwhile {number}"));
        }
        assert_eq!(metric(&users[0], "taskmaster_outbox_pending "), f64::from(number * 2));
    }
    eventually("the oldest event grows old", || {
        (metric(&users[0], "taskmaster_outbox_oldest_age_seconds ") >= 1.0).then_some(())
    });

    sidecar.start();
    let ledger = app.settle();
    assert_eq!(ledger.events.len(), 2 * 21);
    assert_eq!(metric(&users[0], "taskmaster_outbox_pending "), 0.0);
    app.stop();
}

#[test]
fn a_sidecar_that_hangs_delays_no_answer() {
    let (app, sidecar) = Sidecar::with_app(Resources::Checkout);
    let client = app.client().sign_up("hanging@example.org");
    create_quickly(&client, "before");
    app.settle();
    sidecar.freeze();
    for number in 1..=10 {
        create_quickly(&client, &format!("meanwhile {number}"));
    }
    sidecar.thaw();
    app.settle();
    app.stop();
}

#[test]
fn an_acknowledged_publish_survives_the_sidecar_s_kill() {
    let (app, mut sidecar) = Sidecar::with_app(Resources::Checkout);
    let client = app.client().sign_up("killed@example.org");
    let task = client.create(json!({
        "title": "Again", "due_at": "2027-01-31T09:00:00Z", "recurrence": "daily",
    }));
    for _ in 0..3 {
        client.complete(&task["id"]);
        sidecar.kill();
        client.reopen(&task["id"]);
        sidecar.start();
    }
    client.complete(&task["id"]);
    let ledger = app.settle();
    assert_eq!(ledger.instances(task["series_id"].as_str().unwrap_or_default(), 2), 1);
    app.stop();
}

#[test]
fn no_wake_up_is_lost_at_a_thousand_random_moments() {
    let seed = Seed::announce("no_wake_up_is_lost");
    let app = App::builder().resources(&Arc::new(Resources::without_cron())).start();
    thread::scope(|scope| {
        for (creator, part) in (0..CREATORS).zip(0..) {
            let client = app.client().sign_up(&format!("creator{creator}@example.org"));
            let mut generator = seed.generator(part);
            scope.spawn(move || {
                for number in 0..CREATES / CREATORS {
                    client.create(json!({"title": format!("Task {number}")}));
                    pause(&mut generator, GAP_MAX);
                }
            });
        }
    });
    let ledger = app.settle();
    let topics = app.topics();
    let mut latest_ms = 0;
    for event in &ledger.events {
        let published = topics
            .on(Topic::TaskEvents.as_str())
            .find(|record| record.event["id"] == event.id)
            .expect("settling has checked that it is there");
        let late_ms = published.published_at_ms - event.created_at_ms;
        assert!(late_ms <= WAKE_UP_MAX_MS, "event {} left after {late_ms} ms", event.position);
        latest_ms = latest_ms.max(late_ms);
    }
    assert_eq!(ledger.events.len(), CREATES);
    eprintln!("wake-ups: {CREATES} events, the slowest left after {latest_ms} ms");
    app.stop();
}
