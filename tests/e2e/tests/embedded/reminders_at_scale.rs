//! Thousands of reminders, while the app is killed at random and the scheduler forgets everything
//! once: each falls due once, and none early.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, SecondsFormat, Utc};
use rand::RngExt;
use serde_json::json;
use task_contracts::names::Topic;
use test_support::seed::pause;
use test_support::{App, Call, Client, Ledger, Resources, Seed, within};

use crate::reminders::{ms, now};

/// A larger run: `TASKMASTER_REMINDERS=10000 cargo test -p e2e thousands_of_reminders`.
const VARIABLE: &str = "TASKMASTER_REMINDERS";
const REMINDERS: usize = 1_500;
const USERS: usize = 8;
const KILLS: usize = 20;
/// The kill after which the scheduler has forgotten everything.
const WIPE_AT: usize = 10;
/// What a reminder takes to be set, on a busy machine: none may be past before it is written.
const SETTING_MS: i64 = 8;
/// The time over which the reminders spread.
const SPREAD_MS: i64 = 30_000;
const LIFE_MAX: StdDuration = StdDuration::from_millis(1_500);

#[test]
fn thousands_of_reminders_survive_kills_and_a_wiped_scheduler() {
    let seed = Seed::announce("reminders at scale");
    let count = std::env::var(VARIABLE).ok().and_then(|text| text.parse().ok());
    let count: usize = count.unwrap_or(REMINDERS);
    let app = App::builder().resources(&Arc::new(Resources::with_cron_every_second())).start();
    let clients: Vec<Client> =
        (0..USERS).map(|user| app.client().sign_up(&format!("user{user}@example.org"))).collect();
    let begin = now() + Duration::milliseconds(SETTING_MS * count as i64 + 10_000);
    create(&clients, count, begin, seed);
    assert!(now() < begin, "setting {count} reminders took longer than was thought");

    let app = kill_at_random(app, seed);
    // All are due within the spread; then the sweep has a second for each batch.
    let patience = (begin - now()).to_std().unwrap_or_default()
        + StdDuration::from_millis(SPREAD_MS as u64 + 30_000 + 10 * count as u64);
    let rung = within(patience, || {
        let ledger = Ledger::read(app.data());
        ledger.reminders.iter().all(|reminder| reminder.state != "pending").then_some(())
    });
    assert!(rung.is_some(), "some reminders never rang");
    app.wait_until_quiet();
    check(&app, count);
    app.stop();
}

fn create(clients: &[Client], count: usize, begin: DateTime<Utc>, seed: Seed) {
    thread::scope(|scope| {
        for (client, part) in clients.iter().zip(0..) {
            let mut generator = seed.generator(100 + part);
            scope.spawn(move || {
                for number in 0..count / USERS {
                    let at = begin + Duration::milliseconds(generator.random_range(0..SPREAD_MS));
                    let at = at.to_rfc3339_opts(SecondsFormat::Millis, true);
                    let body = json!({"title": format!("{number}"), "reminders": [{"at": at}]});
                    client.call(Call::post("/api/me/tasks", body)).expect(201);
                }
            });
        }
    });
}

fn kill_at_random(mut app: App, seed: Seed) -> App {
    let mut generator = seed.generator(0);
    for kill in 0..KILLS {
        pause(&mut generator, LIFE_MAX);
        app.kill();
        if kill == WIPE_AT {
            app.data().forget_jobs();
        }
        app = app.restart();
    }
    app
}

/// Neither lost nor doubled nor early.
fn check(app: &App, count: usize) {
    let ledger = Ledger::read(app.data());
    ledger.check(&app.topics());
    let fired = ledger.reminders.iter().filter(|reminder| reminder.state == "fired").count();
    assert_eq!(fired, count / USERS * USERS, "fired");
    let mut late_ms: BTreeMap<String, i64> = BTreeMap::new();
    for record in app.topics().on(Topic::Reminders.as_str()) {
        let fire_at = ms(&record.event["data"]["fire_at"]);
        let id = record.event["id"].as_str().unwrap_or_default().to_owned();
        let late = late_ms.entry(id).or_insert(i64::MAX);
        *late = (*late).min(record.published_at_ms - fire_at);
    }
    assert_eq!(late_ms.len(), fired, "distinct reminder.due events");
    let early = late_ms.values().filter(|late| **late < 0).count();
    assert_eq!(early, 0, "early");
    let mut sorted: Vec<i64> = late_ms.into_values().collect();
    sorted.sort_unstable();
    let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize];
    eprintln!(
        "reminders: {fired} fired with {KILLS} kills and one wiped scheduler: 0 lost, 0 doubled, 0 \
         early; late p50 {} ms, p99 {} ms, most {} ms",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}
