//! The golden events: written from typed values, and never poorer than they once were.

use std::collections::BTreeSet;
use std::path::PathBuf;

use expect_test::expect_file;
use serde_json::Value;
use task_contracts::envelope::CloudEvent;

use crate::{samples, wit_shape};

#[test]
fn every_event_is_written_as_its_golden() {
    for sample in samples::all() {
        let fresh = pretty(&sample.event);
        refuse_losses(sample.name, &fresh);
        expect_file![path(sample.name)].assert_eq(&fresh);
    }
}

#[test]
fn every_golden_reads_as_the_value_it_was_written_from() {
    for sample in samples::all() {
        let read = CloudEvent::parse(golden(sample.name).as_bytes()).expect(sample.name);
        assert_eq!(read, sample.event, "{}", sample.name);
    }
}

#[test]
fn every_golden_has_exactly_the_members_and_types_of_its_wit_record() {
    let shapes = wit_shape::Shapes::load();
    for sample in samples::all() {
        let document = serde_json::from_str(&golden(sample.name)).expect(sample.name);
        let problems = shapes.problems_of_event(&document);
        assert!(problems.is_empty(), "{}: {problems:#?}", sample.name);
    }
}

#[test]
fn the_folder_holds_a_golden_for_every_event_and_nothing_else() {
    let found: BTreeSet<String> = std::fs::read_dir(folder())
        .expect("tests/fixtures/events")
        .map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned())
        .collect();
    let wanted = samples::all().iter().map(|sample| format!("{}.json", sample.name)).collect();
    assert_eq!(found, wanted);
}

#[test]
fn a_removed_or_renamed_member_is_a_loss_and_a_new_one_is_not() {
    let old = serde_json::json!({ "a": { "b": 1, "c": [{ "d": true }] } });
    let new = serde_json::json!({ "a": { "b": "1", "c": [{ "renamed": true }] }, "more": 0 });
    assert_eq!(losses(&old, &new), ["a.b: number", "a.c.d: boolean"]);
}

fn pretty(event: &CloudEvent) -> String {
    let value: Value = serde_json::from_str(&event.to_json()).expect("JSON");
    // Through the struct, not the value, so that the golden keeps the order of the members.
    let text = serde_json::to_string_pretty(event).expect("JSON");
    assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), value);
    text + "\n"
}

/// Holds even while goldens are being rewritten: readers of the old shape are still out there.
fn refuse_losses(name: &str, fresh: &str) {
    let Ok(old) = std::fs::read_to_string(path(name)) else { return };
    let old = serde_json::from_str(&old).expect("the golden is JSON");
    let fresh = serde_json::from_str(fresh).expect("the event is JSON");
    let lost = losses(&old, &fresh);
    assert!(
        lost.is_empty(),
        "{name} lost {lost:?}; a breaking change is a new type (`{name}.v2`) with its own golden"
    );
}

fn losses(old: &Value, new: &Value) -> Vec<String> {
    members(old).difference(&members(new)).cloned().collect()
}

/// Every member as `path: type`; `null` says nothing of the type and is not listed.
fn members(document: &Value) -> BTreeSet<String> {
    fn walk(path: &str, value: &Value, out: &mut BTreeSet<String>) {
        let kind = match value {
            Value::Object(members) => {
                for (name, member) in members {
                    let dot = if path.is_empty() { "" } else { "." };
                    walk(&format!("{path}{dot}{name}"), member, out);
                }
                return;
            }
            Value::Array(items) => return items.iter().for_each(|item| walk(path, item, out)),
            Value::Null => return,
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
        };
        out.insert(format!("{path}: {kind}"));
    }
    let mut out = BTreeSet::new();
    walk("", document, &mut out);
    out
}

fn golden(name: &str) -> String {
    std::fs::read_to_string(path(name)).expect(name)
}

fn path(name: &str) -> PathBuf {
    folder().join(format!("{name}.json"))
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/events")
}
