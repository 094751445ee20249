//! The app's subscription document.

use dapr_protocol::subscription::{Fetched, Rule, fetch_request};
use dapr_protocol::{Subscription, SubscriptionDocument};
use expect_test::expect;

use crate::{answer, text};

#[test]
fn the_last_rule_without_a_condition_is_the_default() {
    let document = SubscriptionDocument(vec![
        Subscription::new("ps", "t")
            .rule_for_type("task.created", "/created")
            .rule("event.type in ['a', 'b']", "/ignore")
            .default_route("/rest")
            .dead_letter_topic("t-dlq"),
        Subscription::new("ps", "u").rule_for_type("a", "/a"),
    ]);
    let written = document.to_http();
    let json: serde_json::Value = serde_json::from_slice(written.body()).expect("JSON");
    expect![[r#"
        [
          {
            "deadLetterTopic": "t-dlq",
            "pubsubname": "ps",
            "routes": {
              "default": "/rest",
              "rules": [
                {
                  "match": "event.type == \"task.created\"",
                  "path": "/created"
                },
                {
                  "match": "event.type in ['a', 'b']",
                  "path": "/ignore"
                }
              ]
            },
            "topic": "t"
          },
          {
            "pubsubname": "ps",
            "routes": {
              "rules": [
                {
                  "match": "event.type == \"a\"",
                  "path": "/a"
                }
              ]
            },
            "topic": "u"
          }
        ]"#]]
    .assert_eq(&format!("{json:#}"));
    let Fetched::Subscriptions(read) = Fetched::read(&written) else { panic!("unreadable") };
    assert_eq!(read, document);
}

#[test]
fn both_forms_are_read_and_the_newer_default_wins() {
    let rules = |item: &str| match Fetched::read(&answer(200, &format!("[{item}]"))) {
        Fetched::Subscriptions(mut document) => document.0.remove(0).rules,
        other => panic!("{other:?}"),
    };
    let catch_all = |path: &str| Rule { matches: String::new(), path: path.to_owned() };
    let old = r#"{"pubsubname":"ps","topic":"t","route":"/old"}"#;
    assert_eq!(rules(old), [catch_all("/old")]);
    let both = r#"{"pubsubname":"ps","topic":"t","route":"/old","routes":{"default":"/new"}}"#;
    assert_eq!(rules(both), [catch_all("/new")]);
    assert_eq!(rules(r#"{"pubsubname":"ps","topic":"t"}"#), []);
}

#[test]
fn every_other_answer_means_no_subscriptions_but_only_some_are_faults() {
    assert!(matches!(Fetched::read(&answer(404, "")), Fetched::None));
    assert!(matches!(Fetched::read(&answer(200, "")), Fetched::None));
    for (status, body) in [(500, ""), (204, ""), (200, "{}"), (200, "[")] {
        let fetched = Fetched::read(&answer(status, body));
        assert!(matches!(fetched, Fetched::Unusable { .. }), "{status} {body:?}: {fetched:?}");
    }
}

#[test]
fn the_question_says_which_app_is_meant() {
    expect![[r#"
        GET /dapr/subscribe
        dapr-app-id: app
        dapr-api-token: secret
    "#]]
    .assert_eq(&text(&fetch_request("app", Some("secret"))));
}
