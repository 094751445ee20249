//! How long a change is on its way to the devices of its user, with many users at once.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use test_support::{App, Client, EventStream, Seed, seed};

use super::device::Device;

const USERS: usize = 50;
const DEVICES_PER_USER: usize = 2;
const CHANGES_PER_USER: usize = 10;
/// Spreads the writes of one user over some ten seconds.
const BETWEEN_WRITES: Duration = Duration::from_secs(2);

#[test]
fn fifty_users_see_every_change_on_both_devices() {
    let seed = Seed::announce("latency");
    let app = App::start();
    let clients: Vec<Client> = (0..USERS)
        .map(|number| app.client().sign_up(&format!("user-{number}@example.org")))
        .collect();
    let mut delays: Vec<Duration> = thread::scope(|scope| {
        let users = (0..).zip(&clients).map(|(part, client)| {
            let generator = seed.generator(part);
            scope.spawn(move || measure(client, generator))
        });
        let users: Vec<_> = users.collect();
        users.into_iter().flat_map(|user| user.join().expect("a user's devices")).collect()
    });
    assert_eq!(delays.len(), USERS * DEVICES_PER_USER * CHANGES_PER_USER);
    delays.sort();
    let at = |percent: usize| delays[(delays.len() - 1) * percent / 100];
    eprintln!(
        "from the request to the screen, {USERS} users with {DEVICES_PER_USER} devices each: \
         p50 {:?}, p90 {:?}, p99 {:?}, longest {:?}",
        at(50),
        at(90),
        at(99),
        at(100)
    );
    app.wait_until_quiet();
    app.stop();
}

/// From before the request to after its event: no clock of the app takes part.
fn measure(client: &Client, mut generator: rand::rngs::StdRng) -> Vec<Duration> {
    let (sender, seen) = mpsc::channel();
    let mut sent = Vec::new();
    thread::scope(|scope| {
        for _ in 0..DEVICES_PER_USER {
            let mut device = Device::new(client);
            let mut stream: EventStream = device.connect();
            // Its opening: from here on it listens.
            stream.next().expect("an opening");
            let sender = sender.clone();
            scope.spawn(move || {
                for change in 0..CHANGES_PER_USER {
                    device.take(&mut stream).expect("a change");
                    sender.send((change, Instant::now())).expect("somebody counts");
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
    seen.iter().map(|(change, at)| at - sent[change]).collect()
}
