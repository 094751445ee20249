//! Devices that are cut off again and again while others write.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use test_support::{App, Client, Seed, seed};

use super::device::Device;

const DEVICES: usize = 2;
const DISCONNECTS: usize = 1_000;
/// Few enough that a device is often cut off with changes on their way to it.
const TAKEN_MAX: usize = 4;
/// Fast enough that each connection has something to miss.
const BETWEEN_WRITES: Duration = Duration::from_millis(20);

#[test]
fn a_thousand_random_disconnects_lose_and_repeat_nothing() {
    let seed = Seed::announce("disconnects");
    let app = App::start();
    let client = app.client().sign_up("disconnects@example.org");
    let left = AtomicUsize::new(DEVICES);
    let mut devices: Vec<Device> = (0..DEVICES).map(|_| Device::new(&client)).collect();
    thread::scope(|scope| {
        for (part, device) in (1..).zip(&mut devices) {
            let left = &left;
            scope.spawn(move || {
                // A device that fails must not leave the writer writing for ever.
                let _done = CountDown(left);
                let mut generator = seed.generator(part);
                for _ in 0..DISCONNECTS / DEVICES {
                    follow_for_a_while(device, &mut generator);
                }
            });
        }
        let mut generator = seed.generator(0);
        let mut tasks = Vec::new();
        while left.load(Ordering::Relaxed) > 0 {
            write_something(&client, &mut tasks, &mut generator);
            seed::pause(&mut generator, BETWEEN_WRITES);
        }
    });
    let last_seq = client.seq();
    for device in &mut devices {
        device.follow_to(last_seq);
        device.mirror.assert_equals_server(&client);
    }
    eprintln!("disconnects: {DISCONNECTS} on {DEVICES} devices, {last_seq} changes, all equal");
    app.wait_until_quiet();
    app.stop();
}

/// Some changes, and then the connection is gone, maybe in the middle of the next one.
fn follow_for_a_while(device: &mut Device, generator: &mut StdRng) {
    let mut stream = device.connect();
    for _ in 0..generator.random_range(0..=TAKEN_MAX) {
        if device.take(&mut stream).is_none() {
            return;
        }
    }
}

fn write_something(client: &Client, tasks: &mut Vec<Value>, generator: &mut StdRng) {
    let chosen = if tasks.is_empty() { 0 } else { generator.random_range(0..tasks.len()) };
    match generator.random_range(0..10) {
        0..2 if !tasks.is_empty() => client.delete(&tasks.swap_remove(chosen)),
        2..5 if !tasks.is_empty() => {
            let title = format!("Changed {}", generator.random::<u32>());
            client.change(&tasks[chosen], json!({ "title": title }));
        }
        _ => tasks.push(client.create(json!({"title": "New"}))["id"].clone()),
    }
}

struct CountDown<'c>(&'c AtomicUsize);

impl Drop for CountDown<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
