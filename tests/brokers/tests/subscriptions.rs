//! The subscriptions that lie among the resources are those that the app states when it is asked.

#![expect(clippy::expect_used, reason = "what is expected here is what is tested")]

use std::collections::BTreeSet;
use std::fs;

use dapr_protocol::subscription::read_declarative;
use dapr_protocol::{Subscription, SubscriptionDocument};
use serde::Deserialize as _;
use serde_json::Value;
use test_support::{App, checkout};

const RESOURCES: &str = "dapr/subscriptions";
const RESOURCES_WITH_HUB: &str = "dapr/subscriptions/hub";

/// What the files of these folders say, in the form of the app's own answer.
fn declared(folders: &[&str]) -> BTreeSet<String> {
    let mut declared = BTreeSet::new();
    for folder in folders {
        let entries = fs::read_dir(checkout::root().join(folder)).expect("a folder");
        let files = entries.map(|entry| entry.expect("an entry").path());
        for file in files.filter(|path| path.is_file()) {
            let text = fs::read_to_string(&file).expect("a file");
            for document in serde_norway::Deserializer::from_str(&text) {
                let document = Value::deserialize(document).expect("a resource");
                let version = document["apiVersion"].as_str().unwrap_or_default();
                let subscription = read_declarative(version, document["spec"].clone());
                declared.insert(shown(subscription.expect("a subscription")));
            }
        }
    }
    declared
}

fn shown(subscription: Subscription) -> String {
    let answer = SubscriptionDocument(vec![subscription]).to_http();
    let document: Value = serde_json::from_slice(answer.body()).expect("JSON");
    document[0].to_string()
}

/// What an app states.
fn stated(app: &App) -> BTreeSet<String> {
    let document = app.client().get("/dapr/subscribe").expect(200).json();
    document.as_array().expect("a list").iter().map(Value::to_string).collect()
}

#[test]
fn the_resources_say_what_the_app_says() {
    let app = App::start();
    assert_eq!(stated(&app), declared(&[RESOURCES]));
    app.stop();
}

#[test]
fn with_a_hub_there_is_one_more() {
    let app = App::builder().variable("hub_url", "http://127.0.0.1:9").start();
    assert_eq!(stated(&app), declared(&[RESOURCES, RESOURCES_WITH_HUB]));
    app.stop();
}

#[test]
fn an_app_that_leaves_it_to_the_resources_states_none() {
    let app = App::builder().variable("subscriptions", "declarative").start();
    assert_eq!(stated(&app), BTreeSet::new());
    app.stop();
}
