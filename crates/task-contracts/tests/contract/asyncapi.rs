//! The AsyncAPI document, compared with the names, the WIT and the events themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use serde_json::{Value, json};
use task_contracts::names::{EventType, Topic, route};
use uuid::Uuid;
use wit_parser::{Resolve, Type, TypeDef, TypeDefKind};

use crate::samples;
use crate::wit_shape::{LEFT_OUT, snake};

/// WIT types that describe the generated code rather than the JSON.
const NO_SCHEMAS: [&str; 2] = ["event-data", "json-text"];

/// Routes that events are delivered to, but for the one that ignores them.
const ROUTES: [&str; 5] =
    [route::RECURRENCE, route::REMINDER, route::NOTIFY, route::SYNC, route::DEAD_LETTER];

fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn document() -> Value {
    let text = std::fs::read_to_string(checkout().join("docs/asyncapi.yaml")).expect("a document");
    serde_norway::from_str(&text).expect("YAML")
}

fn members(value: &Value) -> &serde_json::Map<String, Value> {
    value.as_object().unwrap_or_else(|| panic!("{value} is not an object"))
}

fn texts(value: &Value) -> BTreeSet<&str> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|text| text.as_str().expect("text")).collect()
}

/// What `$ref` points at, or the value itself.
#[track_caller]
fn followed<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let Some(reference) = value["$ref"].as_str() else { return value };
    let pointer = reference.strip_prefix('#').expect("a reference into this document");
    let target = document.pointer(pointer).unwrap_or_else(|| panic!("{reference} leads nowhere"));
    followed(document, target)
}

/// Checks the payload of the message with this name.
fn validator(document: &Value, message: &str) -> Validator {
    let messages = members(&document["components"]["messages"]);
    let (key, _) = messages
        .iter()
        .find(|(_, candidate)| candidate["name"] == message)
        .unwrap_or_else(|| panic!("no message {message}"));
    let schema = json!({
        "$ref": format!("#/components/messages/{key}/payload"),
        "components": document["components"],
    });
    jsonschema::draft7::options()
        .should_validate_formats(true)
        // A later draft's format, which AsyncAPI has too.
        .with_format("uuid", |text: &str| Uuid::try_parse(text).is_ok())
        .build(&schema)
        .expect("a schema")
}

fn problems(validator: &Validator, event: &Value) -> Vec<String> {
    validator
        .iter_errors(event)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn every_golden_is_valid_by_the_schema_of_its_type() {
    let document = document();
    for sample in samples::all() {
        let path = checkout().join(format!("tests/fixtures/events/{}.json", sample.name));
        let golden = std::fs::read_to_string(path).expect(sample.name);
        let golden: Value = serde_json::from_str(&golden).expect("JSON");
        let event_type = golden["type"].as_str().expect("a type");
        let found = problems(&validator(&document, event_type), &golden);
        assert!(found.is_empty(), "{}: {found:#?}", sample.name);
    }
}

#[test]
fn members_that_nobody_knows_yet_are_valid() {
    let mut event: Value = serde_json::from_str(&samples::completed().to_json()).expect("JSON");
    event["stranger"] = json!("from the future");
    event["data"]["task_data"]["stranger"] = json!({ "from": "the future" });
    let found = problems(&validator(&document(), "task.completed"), &event);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn what_is_missing_or_mistyped_is_not_valid() {
    let validator = validator(&document(), "task.completed");
    let completed: Value = serde_json::from_str(&samples::completed().to_json()).expect("JSON");
    let edits: [(&str, Value); 9] = [
        ("/type", json!("task.updated")),
        ("/id", json!("7")),
        ("/sequence", json!("0")),
        ("/data/event_type", json!("task.created")),
        ("/data/task_data/priority", json!("HIGH")),
        ("/data/task_data/due_at", json!("31 January")),
        ("/data/task_data/created_at", json!("2027-01-01T08:00:00+01:00")),
        ("/data/previous", json!(null)),
        ("/data/task_data/reminders/0", json!({ "after": "PT1M" })),
    ];
    for (member, value) in edits {
        let mut event = completed.clone();
        *event.pointer_mut(member).expect(member) = value;
        assert!(
            !validator.is_valid(&event),
            "{member} may be {}",
            event.pointer(member).expect(member)
        );
    }
    for (holder, member) in [("", "subject"), ("/data", "changed"), ("/data/task_data", "tags")] {
        let mut event = completed.clone();
        let holder = event.pointer_mut(holder).and_then(Value::as_object_mut).expect("an object");
        holder.remove(member).expect(member);
        assert!(!validator.is_valid(&event), "{member} may be missing");
    }
}

#[test]
fn every_topic_is_a_channel_with_its_types_and_there_is_no_other() {
    let document = document();
    let channels: BTreeMap<&str, BTreeSet<&str>> = members(&document["channels"])
        .values()
        .map(|channel| {
            let messages = members(&channel["messages"]).values();
            let names = messages.map(|message| &followed(&document, message)["name"]);
            let names = names.map(|name| name.as_str().expect("a name")).collect();
            (channel["address"].as_str().expect("an address"), names)
        })
        .collect();
    let types: Vec<(Topic, Vec<EventType>)> =
        Topic::ALL.map(|topic| (topic, topic.event_types().collect())).to_vec();
    let published = types
        .iter()
        .map(|(topic, types)| (topic.as_str(), types.iter().map(EventType::as_str).collect()));
    let dead = Topic::ALL.map(|topic| (topic.dead_letter(), BTreeSet::from(["undeliverable"])));
    assert_eq!(channels, published.chain(dead).collect());
}

#[test]
fn everything_that_is_published_has_a_sender_and_what_dapr_delivers_a_route() {
    let document = document();
    let mut sent = BTreeSet::new();
    let mut buried = BTreeSet::new();
    let mut routes = BTreeSet::new();
    for operation in members(&document["operations"]).values() {
        let address = followed(&document, &operation["channel"])["address"].as_str();
        let address = address.expect("an address");
        match operation["x-route"].as_str() {
            None => assert!(sent.insert(address), "{address} has two senders"),
            Some(route::DEAD_LETTER) => assert!(buried.insert(address)),
            Some(_) => {}
        }
        routes.extend(operation["x-route"].as_str());
        let action = if operation["x-route"].is_null() { "send" } else { "receive" };
        assert_eq!(operation["action"], action, "{address}");
        // What an operation takes is of its own channel.
        let channel = operation["channel"]["$ref"].as_str().expect("a channel");
        for message in operation["messages"].as_array().into_iter().flatten() {
            let message = message["$ref"].as_str().expect("a message");
            assert!(message.starts_with(&format!("{channel}/messages/")), "{message}");
        }
    }
    assert_eq!(sent, Topic::ALL.map(Topic::as_str).into());
    assert_eq!(buried, Topic::ALL.map(Topic::dead_letter).into());
    assert_eq!(routes, ROUTES.into());
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(document: &Value, value: &Value) {
        match value {
            Value::Object(members) => {
                followed(document, value);
                members.values().for_each(|member| walk(document, member));
            }
            Value::Array(items) => items.iter().for_each(|item| walk(document, item)),
            _ => {}
        }
    }
    let document = document();
    walk(&document, &document);
}

#[test]
fn the_schemas_are_the_types_of_the_wit() {
    let document = document();
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(checkout().join("wit")).expect("wit/ parses");
    let interfaces = ["types", "events"].map(|name| resolve.packages[package].interfaces[name]);
    let types: BTreeMap<String, &TypeDef> = interfaces
        .into_iter()
        .flat_map(|interface| &resolve.interfaces[interface].types)
        .filter(|(name, _)| !NO_SCHEMAS.contains(&name.as_str()))
        .map(|(name, id)| (pascal(name), own_definition(&resolve, &resolve.types[*id])))
        .collect();
    let schemas = members(&document["components"]["schemas"]);
    assert_eq!(
        schemas.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        types.keys().map(String::as_str).collect()
    );
    for (name, definition) in types {
        let found = shape_of_schema(&schemas[&name]);
        assert_eq!(found, shape_of_wit(definition), "{name}");
    }
}

/// What a schema and a WIT type both say: members with whether they are required, or values.
#[derive(Debug, PartialEq)]
enum Shape {
    Record(BTreeMap<String, bool>),
    Choice(BTreeSet<String>),
    Enum(BTreeSet<String>),
    Plain,
}

fn shape_of_schema(schema: &Value) -> Shape {
    let required = texts(&schema["required"]);
    match (&schema["properties"], &schema["oneOf"], &schema["enum"]) {
        (Value::Object(members), Value::Null, _) => Shape::Record(
            members.keys().map(|name| (name.clone(), required.contains(name.as_str()))).collect(),
        ),
        (Value::Object(members), Value::Array(cases), _) => {
            let alone = cases.iter().flat_map(|case| texts(&case["required"]));
            assert_eq!(
                alone.collect::<BTreeSet<_>>(),
                members.keys().map(String::as_str).collect()
            );
            Shape::Choice(members.keys().cloned().collect())
        }
        (_, _, Value::Array(_)) => {
            Shape::Enum(texts(&schema["enum"]).into_iter().map(str::to_owned).collect())
        }
        _ => Shape::Plain,
    }
}

fn shape_of_wit(definition: &TypeDef) -> Shape {
    let name = definition.name.as_deref().unwrap_or_default();
    let is_required = |field: &str| !LEFT_OUT.contains(&format!("{name}.{field}").as_str());
    match &definition.kind {
        TypeDefKind::Record(record) => {
            let fields = record.fields.iter();
            let fields = fields.map(|field| (snake(&field.name), is_required(&field.name)));
            Shape::Record(fields.collect())
        }
        TypeDefKind::Variant(variant) => {
            Shape::Choice(variant.cases.iter().map(|case| snake(&case.name)).collect())
        }
        TypeDefKind::Enum(cases) => {
            Shape::Enum(cases.cases.iter().map(|case| snake(&case.name)).collect())
        }
        _ => Shape::Plain,
    }
}

/// A type that one interface `use`s of another is an alias there.
fn own_definition<'r>(resolve: &'r Resolve, definition: &'r TypeDef) -> &'r TypeDef {
    match definition.kind {
        TypeDefKind::Type(Type::Id(id)) => own_definition(resolve, &resolve.types[id]),
        _ => definition,
    }
}

fn pascal(wit_name: &str) -> String {
    let words = wit_name.split('-');
    words.map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..])).collect()
}
