//! What devices are told, and when the hub was away.

use serde_json::json;
use test_support::{Mirror, Reflected, eventually};

use crate::device::{Device, ticket};
use crate::hub::{Hub, HubPlace};

#[test]
fn two_devices_see_a_change_and_end_equal_to_the_server() {
    let (app, hub) = Hub::with_app();
    let client = app.client().sign_up("two@example.org");
    let mut devices = [Device::new(&hub, &client), Device::new(&hub, &client)];
    let mut sockets = [devices[0].connect(), devices[1].connect()];
    let task = client.create(json!({"title": "Water plants", "tags": ["home"]}));
    client.complete(&task["id"]);
    let other = client.create(json!({"title": "Call Ada"}));
    client.delete(&other["id"]);
    for (device, socket) in devices.iter_mut().zip(&mut sockets) {
        device.follow_to(4, socket);
        device.mirror.assert_equals_server(&client);
    }
    app.settle();
    app.stop();
}

#[test]
fn server_sent_events_tell_the_same() {
    let (app, hub) = Hub::with_app();
    let client = app.client().sign_up("sse@example.org");
    let path = format!("/subscribe/{}?ticket={}", client.user_id(), ticket(&client));
    let mut stream = hub.subscribers().follow(&path, None);
    let mut mirror = Mirror::default();
    for title in ["one", "two", "three"] {
        client.create(json!({ "title": title }));
    }
    while mirror.seq() < 3 {
        let event = stream.find(|event| event.name == "change").expect("a change");
        assert_ne!(mirror.reflect(&event.data), Reflected::Gap);
    }
    mirror.assert_equals_server(&client);
    drop(stream);
    app.settle();
    app.stop();
}

#[test]
fn nobody_is_told_of_another_s_changes() {
    let (app, hub) = Hub::with_app();
    let ada = app.client().sign_up("ada@example.org");
    let eve = app.client().sign_up("eve@example.org");
    let mut device = Device::new(&hub, &eve);
    let mut socket = device.connect();
    ada.create(json!({"title": "a secret"}));
    app.settle();
    eve.create(json!({"title": "mine"}));
    // Whatever was told before it would come first.
    device.follow_to(1, &mut socket);
    assert_eq!(device.mirror.tasks()[0]["title"], "mine");
    app.settle();
    app.stop();
}

#[test]
fn a_hub_that_was_away_is_told_what_it_missed() {
    let place = HubPlace::reserve();
    let app = place.app();
    let client = app.client().sign_up("late@example.org");
    client.create(json!({"title": "before"}));
    let hub = place.start(&app);
    let mut device = Device::new(&hub, &client);
    let mut socket = device.connect();
    client.create(json!({"title": "after"}));
    device.follow_to(2, &mut socket);
    device.mirror.assert_equals_server(&client);
    eventually("nothing is left to be delivered", || app.is_quiet().then_some(()));
    app.stop();
}
