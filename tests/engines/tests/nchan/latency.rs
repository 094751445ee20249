//! How long a change is on its way through outbox, broker and hub, with many users at once.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use serde_json::json;
use test_support::{Client, Seed, seed};

use crate::device::{Device, message};
use crate::hub::Hub;

const USERS: usize = 50;
const DEVICES_PER_USER: usize = 2;
const CHANGES_PER_USER: usize = 10;
/// Spreads the writes of one user over some ten seconds.
const BETWEEN_WRITES: Duration = Duration::from_secs(2);

#[test]
fn fifty_users_see_every_change_on_both_devices() {
    let seed = Seed::announce("hub latency");
    let (app, hub) = Hub::with_app();
    let clients: Vec<Client> = (0..USERS)
        .map(|number| app.client().sign_up(&format!("user-{number}@example.org")))
        .collect();
    let mut delays: Vec<Duration> = thread::scope(|scope| {
        let hub = &hub;
        let users = (0..).zip(&clients).map(|(part, client)| {
            let generator = seed.generator(part);
            scope.spawn(move || measure(hub, client, generator))
        });
        let users: Vec<_> = users.collect();
        users.into_iter().flat_map(|user| user.join().expect("a user's devices")).collect()
    });
    assert_eq!(delays.len(), USERS * DEVICES_PER_USER * CHANGES_PER_USER);
    delays.sort();
    let at = |percent: usize| delays[(delays.len() - 1) * percent / 100];
    eprintln!(
        "through the hub, {USERS} users with {DEVICES_PER_USER} devices each: \
         p50 {:?}, p90 {:?}, p99 {:?}, longest {:?}",
        at(50),
        at(90),
        at(99),
        at(100)
    );
    app.settle();
    app.stop();
}

/// From before the request to after its message: no clock of the app takes part.
fn measure(hub: &Hub, client: &Client, mut generator: StdRng) -> Vec<Duration> {
    let (sender, seen) = mpsc::channel();
    let mut sent = Vec::new();
    thread::scope(|scope| {
        for _ in 0..DEVICES_PER_USER {
            let mut socket = Device::new(hub, client).connect();
            let sender = sender.clone();
            scope.spawn(move || {
                for _ in 0..CHANGES_PER_USER {
                    let seq = message(&mut socket)["seq"].as_u64().expect("a seq");
                    sender.send((seq, Instant::now())).expect("somebody counts");
                }
            });
        }
        for number in 0..CHANGES_PER_USER {
            seed::pause(&mut generator, BETWEEN_WRITES);
            sent.push(Instant::now());
            client.create(json!({"title": format!("Task {number}")}));
        }
    });
    drop(sender);
    let delay = |(seq, at): (u64, Instant)| at - sent[usize::try_from(seq - 1).expect("small")];
    seen.iter().map(delay).collect()
}
