//! Devices that are cut off from the hub again and again while others write.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use rand::RngExt;
use serde_json::json;
use test_support::{Seed, seed};

use crate::device::Device;
use crate::hub::Hub;

const DEVICES: usize = 2;
const DISCONNECTS: usize = 1_000;
/// Few enough that a device is often cut off with changes on their way to it.
const TAKEN_MAX: usize = 4;
/// Fast enough that each connection has something to miss.
const BETWEEN_WRITES: Duration = Duration::from_millis(20);

#[test]
fn a_thousand_random_disconnects_leave_both_devices_equal_to_the_server() {
    let seed = Seed::announce("hub disconnects");
    let (app, hub) = Hub::with_app();
    let client = app.client().sign_up("disconnects@example.org");
    let left = AtomicUsize::new(DEVICES);
    let mut devices: Vec<Device<'_>> = (0..DEVICES).map(|_| Device::new(&hub, &client)).collect();
    thread::scope(|scope| {
        for (part, device) in (1..).zip(&mut devices) {
            let left = &left;
            scope.spawn(move || {
                // A device that fails must not leave the writer writing for ever.
                let _done = CountDown(left);
                let mut generator = seed.generator(part);
                for _ in 0..DISCONNECTS / DEVICES {
                    let mut socket = device.connect();
                    for _ in 0..generator.random_range(0..=TAKEN_MAX) {
                        device.take(&mut socket);
                    }
                }
            });
        }
        let mut generator = seed.generator(0);
        let task = client.create(json!({"title": "New"}))["id"].clone();
        while left.load(Ordering::Relaxed) > 0 {
            let title = format!("Changed {}", generator.random::<u32>());
            client.change(&task, json!({ "title": title }));
            seed::pause(&mut generator, BETWEEN_WRITES);
        }
    });
    for device in &mut devices {
        device.connect();
        device.mirror.assert_equals_server(&client);
        let (seq, gaps) = (device.mirror.seq(), device.gaps);
        eprintln!("hub disconnects: {seq} changes, {gaps} gaps filled from the change feed");
    }
    app.settle();
    app.stop();
}

struct CountDown<'c>(&'c AtomicUsize);

impl Drop for CountDown<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
