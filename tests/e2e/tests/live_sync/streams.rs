//! What one stream says, from its opening to its end.

use serde_json::json;
use test_support::{App, Call, StreamedEvent};

use super::device::Device;

#[test]
fn two_devices_see_a_change_and_end_equal_to_the_server() {
    let app = App::start();
    let client = app.client().sign_up("two@example.org");
    let mut devices = [Device::new(&client), Device::new(&client)];
    let mut streams = [devices[0].connect(), devices[1].connect()];
    let task = client.create(json!({"title": "Water plants", "tags": ["home"]}));
    client.complete(&task["id"]);
    let other = client.create(json!({"title": "Call Ada"}));
    client.delete(&other["id"]);
    for (device, stream) in devices.iter_mut().zip(&mut streams) {
        for _ in 0..4 {
            device.take(stream).expect("a change");
        }
        device.mirror.assert_equals_server(&client);
    }
    drop(streams);
    app.wait_until_quiet();
    app.stop();
}

#[test]
fn a_list_says_where_its_changes_begin() {
    let app = App::start();
    let client = app.client().sign_up("list@example.org");
    client.create(json!({"title": "before"}));
    let seq = client.seq();
    client.create(json!({"title": "after"}));
    let path = format!("/api/users/{}/sync?after={seq}", client.user_id());
    let mut stream = client.follow(&path, None);
    let opening = StreamedEvent { id: Some(seq), ..StreamedEvent::default() };
    assert_eq!(stream.next(), Some(opening));
    let change = stream.next().expect("a change");
    assert_eq!(change.data["task"]["title"], "after");
    drop(stream);
    app.wait_until_quiet();
    app.stop();
}

#[test]
fn a_position_from_nowhere_is_reset() {
    let app = App::start();
    let client = app.client().sign_up("reset@example.org");
    client.create(json!({"title": "one"}));
    let mut stream = client.follow("/api/me/sync", Some(4711));
    let reset = stream.find(|event| !event.name.is_empty()).expect("an event");
    assert_eq!(
        (reset.name.as_str(), reset.id, &reset.data),
        ("reset", Some(1), &json!({"seq": 1}))
    );
    client.create(json!({"title": "two"}));
    assert_eq!(stream.next().expect("a change").data["seq"], 2);
    drop(stream);
    app.wait_until_quiet();
    app.stop();
}

#[test]
fn a_ticket_stands_in_for_the_header() {
    let app = App::start();
    let client = app.client().sign_up("ticket@example.org");
    let answer = client.call(Call::new("POST", "/api/me/sync/ticket")).expect(200).json();
    let ticket = answer["ticket"].as_str().expect("a ticket");
    let anyone = client.anonymous();
    let mut stream = anyone.follow(&format!("/api/me/sync?ticket={ticket}"), None);
    client.create(json!({"title": "one"}));
    let change = stream.find(|event| !event.name.is_empty()).expect("a change");
    assert_eq!(change.data["task"]["title"], "one");
    anyone.get(&format!("/api/me/sync/ticket?ticket={ticket}")).expect(204);
    anyone.get("/api/me/sync/ticket?ticket=nonsense").expect(401);
    anyone.with_token(ticket).get("/api/me/tasks").expect(401);
    drop(stream);
    app.wait_until_quiet();
    app.stop();
}

#[test]
fn a_password_change_ends_the_streams_of_before() {
    let app = App::start();
    let client = app.client().sign_up("password@example.org");
    let mut stream = client.follow("/api/me/sync", None);
    stream.next().expect("an opening");
    let body = json!({"current_password": client.password(), "new_password": "another horse"});
    client.call(Call::new("PUT", "/api/me/password").json(body)).expect(200);
    assert_eq!(stream.next(), None);
    client.get("/api/me/sync").expect(401);
    app.stop();
}
