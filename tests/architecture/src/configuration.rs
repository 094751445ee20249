//! The names that code and configuration both spell: topics, pub/sub component, routes, variables.
//!
//! They are constants of `task-contracts`; here every file that repeats one is held against it.

use std::collections::BTreeSet;

use serde::Deserialize as _;
use serde_norway::Value;
use task_contracts::names::{DEFAULT_PUBSUB, Topic, route};
use toml::Table;

use crate::checkout::{File, assert_none, file, files};
use crate::tokens;

/// What Dapr calls, and the component that serves it.
const ROUTES: [(&str, &str); 12] = [
    ("/dapr/subscribe", "edge"),
    (route::RECURRENCE, "recurrence"),
    (route::REMINDER, "reminder"),
    (route::IGNORE, "edge"),
    (route::DEAD_LETTER, "relay"),
    (route::CRON_RELAY, "relay"),
    (route::NOTIFY, "notifier"),
    (route::SYNC, "sync"),
    (route::CRON_DELIVERIES, "notifier"),
    (route::CRON_REMINDERS, "reminder"),
    (route::JOBS_TRIGGER, "reminder"),
    ("/job/r-1", "reminder"),
];

/// Every clock of the app: the name of its binding, and the route it calls.
const CLOCKS: [(&str, &str); 3] = [
    ("cron-relay", route::CRON_RELAY),
    ("cron-reminders", route::CRON_REMINDERS),
    ("cron-deliveries", route::CRON_DELIVERIES),
];

#[test]
fn the_manifest_routes_what_dapr_calls_to_the_component_that_serves_it() {
    let routes = routes_of(&spin_toml());
    let served = |path: &str| serving(&routes, path).unwrap_or("nothing");
    let wrong = ROUTES.iter().filter(|(path, component)| served(path) != *component);
    let wrong: Vec<_> = wrong
        .map(|(path, component)| format!("{path}: {}, not {component}", served(path)))
        .collect();
    assert_none("a route of spin.toml", &wrong);
}

#[test]
fn whatever_an_app_does_not_hold_still_ends_at_edge() {
    // A 404 would make Dapr drop the message for good.
    let routes = routes_of(&spin_toml());
    for wildcard in ["/events/...", "/job/...", "/cron/..."] {
        assert!(routes.contains(&(wildcard.to_owned(), "edge".to_owned())), "{wildcard}");
    }
}

#[test]
fn the_manifest_calls_the_pubsub_component_as_the_code_does() {
    let manifest = spin_toml();
    assert_eq!(manifest["variables"]["pubsub_name"]["default"].as_str(), Some(DEFAULT_PUBSUB));
}

#[test]
fn components_take_only_variables_that_the_application_declares() {
    let manifest = spin_toml();
    let declared = manifest["variables"].as_table().expect("variables");
    let components = manifest["component"].as_table().expect("components");
    let mut unknown = Vec::new();
    for (name, component) in components {
        let text = component.to_string();
        let used = text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next());
        let strangers = used.map(str::trim).filter(|variable| !declared.contains_key(*variable));
        unknown.extend(strangers.map(|variable| format!("{name}: {variable}")));
    }
    assert_none("a variable of spin.toml is not declared", &unknown);
}

#[test]
fn dapr_resources_name_what_the_code_names() {
    let resources: Vec<_> = files().iter().filter(|file| is_dapr_yaml(file)).collect();
    assert!(!resources.is_empty(), "dapr/ holds no resource");
    let faults: Vec<_> = resources.iter().flat_map(|file| faults(file)).collect();
    assert_none("a name in dapr/", &faults);

    let kinds: BTreeSet<String> = resources.iter().flat_map(|file| components_of(file)).collect();
    for wanted in CLOCKS.iter().map(|(name, _)| *name).chain([DEFAULT_PUBSUB]) {
        assert!(kinds.contains(wanted), "dapr/ has no component named {wanted}: {kinds:?}");
    }
}

#[test]
fn the_store_shows_topics_under_the_names_they_have() {
    let tokens = tokens::product(file("crates/task-store/src/change_set.rs"));
    let shown: Vec<_> = tokens.iter().map(|token| token.text.trim_matches('"')).collect();
    let missing = Topic::ALL.into_iter().filter(|topic| !shown.contains(&topic.as_str()));
    let missing: Vec<_> = missing.map(|topic| topic.as_str().to_owned()).collect();
    assert_none("a topic the store does not know", &missing);
}

#[test]
fn offenders_are_seen() {
    let file = File::new(
        "dapr/x.yaml",
        "kind: Component\nmetadata: {name: other-pubsub}\nspec: {type: pubsub.kafka}\n---\n\
         kind: Component\nmetadata: {name: tick}\nspec:\n  type: bindings.cron\n  metadata:\n  - \
         {name: route, value: /cron/elsewhere}\n---\nkind: Subscription\nspec:\n  topic: \
         task-event\n  pubsubname: kafka\n  deadLetterTopic: dlq\n  routes:\n    rules:\n    - \
         {path: /events/nowhere}\n---\nkind: Resiliency\nspec: {targets: {components: {kafka: \
         {}}}}\n",
    );
    expect_test::expect![[r#"
        dapr/x.yaml: pub/sub component `other-pubsub`
        dapr/x.yaml: cron binding `tick` to Some("/cron/elsewhere")
        dapr/x.yaml: topic `task-event`
        dapr/x.yaml: pubsubname `kafka`
        dapr/x.yaml: dead-letter topic Some("dlq")
        dapr/x.yaml: route `/events/nowhere`
        dapr/x.yaml: resiliency target `kafka`"#]]
    .assert_eq(&faults(&file).join("\n"));

    let routes = [("/events/...", "edge"), ("/events/a", "relay"), ("/events/:b", "sync")];
    let routes = routes.map(|(route, component)| (route.to_owned(), component.to_owned()));
    assert_eq!(serving(&routes, "/events/a"), Some("relay"));
    assert_eq!(serving(&routes, "/events/b"), Some("sync"));
    assert_eq!(serving(&routes, "/events/b/c"), Some("edge"));
    assert_eq!(serving(&routes, "/other"), None);
}

fn spin_toml() -> Table {
    file("spin.toml").text.parse().expect("spin.toml")
}

/// Route and component of every HTTP trigger.
fn routes_of(manifest: &Table) -> Vec<(String, String)> {
    let triggers = manifest["trigger"]["http"].as_array().expect("HTTP triggers");
    let text = |trigger: &toml::Value, key: &str| trigger.get(key)?.as_str().map(str::to_owned);
    triggers.iter().filter_map(|t| Some((text(t, "route")?, text(t, "component")?))).collect()
}

/// Exact routes win, then those with a `:name` for a segment, then the longest wildcard, as in
/// Spin.
fn serving<'r>(routes: &'r [(String, String)], path: &str) -> Option<&'r str> {
    let matching = routes.iter().filter(|(route, _)| match route.strip_suffix("/...") {
        Some(prefix) => path.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/')),
        None => same_segments(route, path),
    });
    let rank = |route: &str| (!route.ends_with("/..."), !route.contains("/:"), route.len());
    let best = matching.max_by_key(|(route, _)| rank(route));
    best.map(|(_, component)| component.as_str())
}

fn same_segments(route: &str, path: &str) -> bool {
    let (route, path) = (route.split('/'), path.split('/'));
    route.clone().count() == path.clone().count()
        && route.zip(path).all(|(named, given)| named.starts_with(':') || named == given)
}

fn is_dapr_yaml(file: &File) -> bool {
    file.path.starts_with("dapr/") && (file.has_extension("yaml") || file.has_extension("yml"))
}

fn documents(file: &File) -> Vec<Value> {
    let documents = serde_norway::Deserializer::from_str(&file.text);
    let parse = |document| Value::deserialize(document).expect(&file.path);
    documents.map(parse).filter(|value| !value.is_null()).collect()
}

fn components_of(file: &File) -> Vec<String> {
    let documents = documents(file).into_iter();
    let components = documents.filter(|document| text(document, &["kind"]) == Some("Component"));
    components
        .filter_map(|document| text(&document, &["metadata", "name"]).map(str::to_owned))
        .collect()
}

/// Every name of a resource that the code would not recognise.
fn faults(file: &File) -> Vec<String> {
    let mut faults = Vec::new();
    for document in documents(file) {
        let of_document = match text(&document, &["kind"]) {
            Some("Component") => component_faults(&document),
            Some("Subscription") => subscription_faults(&document),
            Some("Resiliency") => resiliency_faults(&document),
            Some("Configuration") => Vec::new(),
            kind => vec![format!("kind {kind:?} is not checked")],
        };
        faults.extend(of_document.into_iter().map(|fault| format!("{}: {fault}", file.path)));
    }
    faults
}

fn component_faults(document: &Value) -> Vec<String> {
    let name = text(document, &["metadata", "name"]).unwrap_or_default();
    match text(document, &["spec", "type"]) {
        Some(kind) if kind.starts_with("pubsub.") => {
            unless(name == DEFAULT_PUBSUB, format!("pub/sub component `{name}`"))
        }
        Some("bindings.cron") => {
            let settings = document["spec"]["metadata"].as_sequence().into_iter().flatten();
            let route = settings
                .filter(|setting| text(setting, &["name"]) == Some("route"))
                .find_map(|setting| text(setting, &["value"]));
            let known = CLOCKS.iter().any(|clock| (clock.0, Some(clock.1)) == (name, route));
            unless(known, format!("cron binding `{name}` to {route:?}"))
        }
        _ => Vec::new(),
    }
}

fn subscription_faults(document: &Value) -> Vec<String> {
    let topic = text(document, &["spec", "topic"]).unwrap_or_default();
    let pubsub = text(document, &["spec", "pubsubname"]).unwrap_or_default();
    let dead_letter = text(document, &["spec", "deadLetterTopic"]);
    let known: Vec<&str> =
        Topic::ALL.iter().flat_map(|topic| [topic.as_str(), topic.dead_letter()]).collect();
    let mut faults = unless(known.contains(&topic), format!("topic `{topic}`"));
    faults.extend(unless(pubsub == DEFAULT_PUBSUB, format!("pubsubname `{pubsub}`")));
    let wanted = Topic::parse(topic).map(Topic::dead_letter);
    faults.extend(unless(dead_letter == wanted, format!("dead-letter topic {dead_letter:?}")));
    let rules = document["spec"]["routes"]["rules"].as_sequence().into_iter().flatten();
    for path in rules.filter_map(|rule| text(rule, &["path"])) {
        let served = ROUTES.iter().any(|(route, _)| *route == path);
        faults.extend(unless(served, format!("route `{path}`")));
    }
    faults
}

fn resiliency_faults(document: &Value) -> Vec<String> {
    let targets = document["spec"]["targets"]["components"].as_mapping();
    let names = targets.into_iter().flat_map(|targets| targets.keys()).filter_map(Value::as_str);
    let known = |name: &str| name == DEFAULT_PUBSUB || CLOCKS.iter().any(|clock| clock.0 == name);
    let strangers = names.filter(|name| !known(name));
    strangers.map(|name| format!("resiliency target `{name}`")).collect()
}

fn unless(right: bool, fault: String) -> Vec<String> {
    if right { Vec::new() } else { vec![fault] }
}

fn text<'v>(value: &'v Value, path: &[&str]) -> Option<&'v str> {
    path.iter().try_fold(value, |value, key| value.get(key))?.as_str()
}
