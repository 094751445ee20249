//! Channels as their owner adds, changes and removes them.

use serde_json::{Value, json};
use test_support::{App, Call, Client, eventually};

use super::browser::Browser;
use super::receiver::{Receiver, Reply};
use super::{add, add_webhook, channels, notifying, once, ring, signature};

#[track_caller]
fn refused(client: &Client, channel: Value, field: &str) {
    let answer = client.call(Call::post("/api/me/channels", channel)).expect(422);
    assert_eq!(answer.problem_fields(), [field]);
}

#[test]
fn what_is_wrong_with_a_channel_is_said_by_field() {
    let app = App::start();
    let client = app.client().sign_up("fields@example.org");
    let subscription = Browser::new().subscription("https://push.example.org/a");
    refused(&client, json!({"type": "pigeon"}), "type");
    refused(&client, json!({"type": "webhook"}), "url");
    refused(&client, json!({"type": "webhook", "url": "https://10.0.0.1/"}), "url");
    refused(&client, json!({"type": "webhook", "url": "http://example.org/"}), "url");
    // Neither is set up in this app.
    refused(&client, json!({"type": "email", "address": "ada@example.org"}), "type");
    refused(&client, json!({"type": "web_push", "subscription": subscription}), "type");
    let list = client.get("/api/me/channels").expect(200).json();
    assert_eq!(list, json!({"channels": [], "vapid_public_key": null, "offered": ["webhook"]}));
    app.stop();

    let app = notifying().start();
    let client = app.client().sign_up("fields@example.org");
    refused(&client, json!({"type": "email", "address": "a@b.org;c@d.org"}), "address");
    let mut broken = subscription.clone();
    broken["keys"]["auth"] = json!("short");
    refused(&client, json!({"type": "web_push", "subscription": broken}), "subscription.keys.auth");
    let several = json!({"channels": [
        {"type": "email", "address": "ada@example.org"},
        {"type": "email", "address": "ada@Example.org"},
        {"id": "00000000-0000-7000-8000-000000000001", "type": "webhook"},
    ]});
    let answer = client.call(Call::new("PUT", "/api/me/channels").json(several)).expect(422);
    assert_eq!(answer.problem_fields(), ["channels[1].type", "channels[2].id"]);
    assert_eq!(channels(&client), Vec::<Value>::new());
    app.stop();
}

#[test]
fn a_secret_is_shown_once_and_rotates_while_the_old_one_is_good() {
    let program = Receiver::start(Reply::Status(200));
    let app = notifying().start();
    let client = app.client().sign_up("rotation@example.org");
    let webhook = add_webhook(&client, &program.url("/"));
    let first = webhook["secret"].as_str().expect("a secret").to_owned();
    let shown = channels(&client).remove(0);
    assert_eq!(shown["secret"], Value::Null);
    assert_eq!(shown["secret_hint"], webhook["secret_hint"]);

    let path = format!("/api/me/channels/{}/rotate", webhook["id"].as_str().unwrap_or_default());
    let rotated = client.call(Call::new("POST", &path)).expect(200).json();
    let second = rotated["secret"].as_str().expect("a secret").to_owned();
    assert_ne!(first, second);
    ring(&client, 1);
    once(&client, &webhook, "delivered");
    for secret in [&first, &second] {
        assert_eq!(signature::check(&program.received()[0], secret), 2);
    }
    app.stop();
}

#[test]
fn the_channels_are_one_value_with_one_version() {
    let app = notifying().start();
    let client = app.client().sign_up("version@example.org");
    let mail = add(&client, json!({"type": "email", "address": "ada@example.org"}));
    let list = client.get("/api/me/channels").expect(200);
    let etag = list.header("etag").expect("an ETag").to_owned();
    let renamed = json!({"channels": [{"id": mail["id"], "type": "email", "name": "Home"}]});
    let put = |etag: &str| {
        client.call(
            Call::new("PUT", "/api/me/channels").json(renamed.clone()).header("if-match", etag),
        )
    };
    let after = put(&etag).expect(200);
    assert_ne!(after.header("etag"), Some(etag.as_str()));
    assert_eq!(after.json()["channels"][0]["name"], "Home");
    assert_eq!(after.json()["channels"][0]["address"], "ada@example.org");
    put(&etag).expect(412);

    // The same address again is the same channel; the same URL would need its lost secret.
    let again = json!({"type": "email", "address": "ada@example.org"});
    let again = client.call(Call::post("/api/me/channels", again)).expect(200).json();
    assert_eq!(again["id"], mail["id"]);
    let url = json!({"type": "webhook", "url": "https://hooks.example.org/a"});
    let webhook = client.call(Call::post("/api/me/channels", url.clone())).expect(201).json();
    client.call(Call::post("/api/me/channels", url)).expect(409);

    let remove = |channel: &Value| {
        let path = format!("/api/me/channels/{}", channel["id"].as_str().unwrap_or_default());
        client.call(Call::new("DELETE", &path))
    };
    remove(&webhook).expect(204);
    remove(&webhook).expect(404);
    eventually("one is left", || (channels(&client).len() == 1).then_some(()));
    client.get("/api/me/deliveries?state=lost").expect(422);
    client.anonymous().get("/api/me/channels").expect(401);
    app.stop();
}
