//! JSON against WIT: does a document have exactly the members and types a record declares?

use std::path::PathBuf;

use serde_json::{Map, Value};
use task_contracts::names::EventType;
use wit_parser::{Record, Resolve, Type, TypeDefKind, TypeId};

/// Absent members that are left out; every other absent member is written as `null`.
pub(crate) const LEFT_OUT: [&str; 7] = [
    "cloud-event.subject",
    "cloud-event.datacontenttype",
    "cloud-event.sequence",
    "cloud-event.traceparent",
    "cloud-event.traceid",
    "task-event.previous",
    "task-event.changed",
];

pub(crate) struct Shapes {
    resolve: Resolve,
    cloud_event: TypeId,
}

impl Shapes {
    pub(crate) fn load() -> Shapes {
        let mut resolve = Resolve::default();
        let wit = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../wit");
        let (package, _) = resolve.push_dir(&wit).expect("wit/ parses");
        let events = resolve.packages[package].interfaces["events"];
        let cloud_event = resolve.interfaces[events].types["cloud-event"];
        Shapes { resolve, cloud_event }
    }

    /// What of the document is not as the WIT says, a line for each fault.
    pub(crate) fn problems_of_event(&self, document: &Value) -> Vec<String> {
        let mut check = Check {
            resolve: &self.resolve,
            event_type: EventType::parse(document["type"].as_str().unwrap_or_default()),
            problems: Vec::new(),
        };
        check.value(Type::Id(self.cloud_event), document, "event");
        check.problems
    }
}

struct Check<'r> {
    resolve: &'r Resolve,
    event_type: EventType,
    problems: Vec<String>,
}

impl Check<'_> {
    fn value(&mut self, expected: Type, value: &Value, path: &str) {
        match expected {
            Type::Bool => self.expect(value.is_boolean(), "a boolean", value, path),
            Type::String => self.expect(value.is_string(), "text", value, path),
            Type::U32 => {
                let fits = value.as_u64().is_some_and(|n| u32::try_from(n).is_ok());
                self.expect(fits, "a number of 32 bits", value, path);
            }
            Type::U64 => self.expect(value.is_u64(), "a number of 64 bits", value, path),
            Type::Id(id) => self.defined(id, value, path),
            other => self.problems.push(format!("{path}: no JSON form agreed for {other:?}")),
        }
    }

    fn defined(&mut self, id: TypeId, value: &Value, path: &str) {
        let definition = &self.resolve.types[id];
        let name = definition.name.as_deref().unwrap_or_default();
        match &definition.kind {
            TypeDefKind::Type(aliased) => self.value(*aliased, value, path),
            TypeDefKind::Record(record) => self.record(name, record, value, path),
            TypeDefKind::Option(_) if value.is_null() => {}
            TypeDefKind::Option(inner) => self.value(*inner, value, path),
            TypeDefKind::List(item) => match value {
                Value::Array(items) => items.iter().for_each(|v| self.value(*item, v, path)),
                _ => self.expect(false, "a list", value, path),
            },
            TypeDefKind::Enum(cases) => {
                let known = cases.cases.iter().any(|case| value == &snake(&case.name));
                self.expect(known, name, value, path);
            }
            TypeDefKind::Variant(variant) => {
                let payload = |case: &str| {
                    let found = variant.cases.iter().find(|c| snake(&c.name) == case);
                    found.and_then(|c| c.ty)
                };
                let (case, content) = match value {
                    Value::Object(members) if name != "event-data" && members.len() == 1 => {
                        members.iter().next().expect("one member")
                    }
                    _ => (&self.data_case(), value),
                };
                match payload(case) {
                    Some(ty) => self.value(ty, content, path),
                    None => self.expect(false, name, value, path),
                }
            }
            other => self.problems.push(format!("{path}: no JSON form agreed for {other:?}")),
        }
    }

    fn record(&mut self, name: &str, record: &Record, value: &Value, path: &str) {
        let Value::Object(members) = value else {
            return self.expect(false, name, value, path);
        };
        for field in &record.fields {
            let member = snake(&field.name);
            let inner = format!("{path}.{member}");
            let left_out = LEFT_OUT.contains(&format!("{name}.{}", field.name).as_str());
            match members.get(&member) {
                Some(Value::Null) if left_out => {
                    self.problems.push(format!("{inner}: is null, where absence is left out"));
                }
                Some(content) => self.value(field.ty, content, &inner),
                None if left_out => {}
                None => self.problems.push(format!("{inner}: missing")),
            }
        }
        self.undeclared(record, members, path);
    }

    fn undeclared(&mut self, record: &Record, members: &Map<String, Value>, path: &str) {
        let declared = |member: &str| record.fields.iter().any(|f| snake(&f.name) == member);
        let unknown = members.keys().filter(|member| !declared(member));
        self.problems.extend(unknown.map(|member| format!("{path}.{member}: not in the WIT")));
    }

    /// The case of `event-data` that the type of this event promises.
    fn data_case(&self) -> String {
        let case = match self.event_type {
            EventType::TaskCreated
            | EventType::TaskUpdated
            | EventType::TaskCompleted
            | EventType::TaskDeleted => "task",
            EventType::UserDeleted => "user",
            EventType::TaskSync => "sync",
            EventType::ReminderDue => "reminder",
            EventType::Other(_) => "other",
        };
        case.to_owned()
    }

    fn expect(&mut self, holds: bool, expected: &str, value: &Value, path: &str) {
        if !holds {
            self.problems.push(format!("{path}: {value} is not {expected}"));
        }
    }
}

pub(crate) fn snake(wit_name: &str) -> String {
    wit_name.replace('-', "_")
}

#[test]
fn the_shape_check_sees_what_is_missing_misspelt_mistyped_and_new() {
    let shapes = Shapes::load();
    let event = crate::samples::completed();
    let mut document: Value = serde_json::from_str(&event.to_json()).expect("JSON");
    let task = document["data"]["task_data"].as_object_mut().expect("object");
    let title = task.remove("title").expect("a title");
    task.insert("titel".to_owned(), title);
    task.insert("version".to_owned(), Value::from("3"));
    task.insert("priority".to_owned(), Value::from("HIGH"));
    task.insert("reminders".to_owned(), serde_json::json!([{ "after": "PT1M" }]));
    document["data"]["previous"] = Value::Null;
    let problems = shapes.problems_of_event(&document).join("\n");
    expect_test::expect![[r#"
        event.data.task_data.title: missing
        event.data.task_data.priority: "HIGH" is not priority
        event.data.task_data.reminders: {"after":"PT1M"} is not reminder
        event.data.task_data.version: "3" is not a number of 64 bits
        event.data.task_data.titel: not in the WIT
        event.data.previous: is null, where absence is left out"#]]
    .assert_eq(&problems);
}
