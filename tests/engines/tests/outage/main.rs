//! The database is away for longer than the sidecar's patience with a delivery, while events wait:
//! people are told so, no event becomes a dead letter, and everything goes on by itself.
#![expect(clippy::expect_used, reason = "a test tells what went wrong by its panic")]

mod gate;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use task_contracts::names::Topic;
use test_support::seed::pause;
use test_support::{
    App, Call, Client, DataFolder, Engine, Resources, Seed, Sidecar, address, eventually,
};

use self::gate::Gate;

/// A longer run, on the resiliency that the app comes with:
/// `TASKMASTER_OUTAGE_SECONDS=600 cargo test -p engines --test outage`.
const VARIABLE: &str = "TASKMASTER_OUTAGE_SECONDS";
/// Longer than `IMPATIENT`'s retries last, so that only the app's health check saves the events.
const OUTAGE: Duration = Duration::from_secs(60);
/// Half a minute of retries instead of two. The health check notices an outage within 15 s.
const IMPATIENT: (&str, &str) = ("maxRetries: 60", "maxRetries: 15");
const TASKS: usize = 40;
/// Between two rounds of tries.
const GAP_MAX: Duration = Duration::from_secs(2);
/// Somewhere in the midst of the completions.
const CLOSED_AFTER: usize = TASKS / 2;

fn outage() -> (Duration, Resources) {
    match std::env::var(VARIABLE) {
        Err(_) => (OUTAGE, Resources::with_word(IMPATIENT.0, IMPATIENT.1)),
        Ok(seconds) => {
            let seconds = seconds.parse().expect("a number of seconds");
            (Duration::from_secs(seconds), Resources::Checkout)
        }
    }
}

/// The app, with a gate between it and its database.
fn app_behind_a_gate(resources: Resources) -> (App, Sidecar, Gate) {
    let data = Arc::new(DataFolder::on(Engine::Postgres));
    let server = data.database().server().expect("a server keeps the data");
    let mut gate = Gate::at(address::reserve(), server);
    gate.open();
    let (listen, resources) = (address::reserve(), Arc::new(resources));
    let mut sidecar = Sidecar::at(address::reserve(), listen, Arc::clone(&data), resources);
    let mut builder = App::builder().on(Arc::clone(&data)).listen(listen).beside(&sidecar);
    for (name, value) in data.database().variables_by_way_of(gate.address()) {
        builder = builder.variable(name, &value);
    }
    let app = builder.start();
    sidecar.start();
    (app, sidecar, gate)
}

fn complete(client: &Client, number: usize) -> u16 {
    let call = Call::new("POST", &format!("/api/me/tasks/{number}/complete"));
    let answer = client.call(call.once(&format!("completion {number}")));
    if answer.status == 503 {
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
    answer.status
}

/// What a consumer has taken already comes once more while it cannot look that up.
fn publish_again(app: &App, sidecar: &Sidecar) -> usize {
    let topics = app.topics();
    let known: Vec<_> = topics.on(Topic::TaskEvents.as_str()).collect();
    for record in &known {
        let user = record.event["data"]["user_id"].as_str().expect("a user");
        sidecar.broker().publish(Topic::TaskEvents.as_str(), &record.event, user);
    }
    known.len()
}

#[test]
fn an_outage_of_the_database_makes_no_dead_letter_and_everything_goes_on_by_itself() {
    let gaps = &mut Seed::announce("an outage of the database").generator(0);
    let (away, resources) = outage();
    let (app, sidecar, mut gate) = app_behind_a_gate(resources);
    let client = app.client().sign_up("outage@example.org");
    for number in 1..=TASKS {
        client.create(json!({
            "title": format!("Water plant {number}"), "recurrence": "daily",
            "due_at": "2031-01-31T09:00:00Z",
        }));
    }
    app.settle();

    for number in 1..=CLOSED_AFTER {
        assert_eq!(complete(&client, number), 200);
    }
    // Their events are on the way, or not yet.
    gate.close();
    let closed_at = Instant::now();
    let again = publish_again(&app, &sidecar);
    eventually("the app says that it is not ready", || {
        (client.get("/readyz").status == 503).then_some(())
    });
    client.get("/healthz").expect(200);
    let mut refused = 0;
    while closed_at.elapsed() < away {
        for number in CLOSED_AFTER + 1..=TASKS {
            assert_eq!(complete(&client, number), 503);
            refused += 1;
        }
        pause(gaps, GAP_MAX);
    }

    gate.open();
    let opened_at = Instant::now();
    for number in CLOSED_AFTER + 1..=TASKS {
        eventually("the completion is taken", || (complete(&client, number) == 200).then_some(()));
    }
    let ledger = app.settle();
    eprintln!(
        "the database was away for {away:?}: {refused} requests refused, {again} events waited; \
         all was done {:.1?} after its return",
        opened_at.elapsed()
    );
    assert_eq!(ledger.successions.len(), TASKS);
    assert_eq!(ledger.letters.len(), 0);
    assert_eq!(app.topics().on(Topic::TaskEvents.dead_letter()).count(), 0);
    app.stop();
}
