//! What an envelope keeps, what its commit fills in, and how it refuses a stranger.

use expect_test::expect;
use serde_json::{Value, json};
use task_contracts::envelope::{CloudEvent, EventData};
use task_contracts::events::SyncChange;
use task_contracts::names::EventType;

use crate::samples;

#[test]
fn a_stored_event_lacks_only_what_its_commit_assigns() {
    let stored = CloudEvent::task("taskmaster/task-api", samples::completion(), None);
    let mut read = CloudEvent::parse(stored.to_json().as_bytes()).expect("reads back");
    assert_eq!((&read.subject, &read.sequence), (&None, &None));

    read.assign(41, 7);
    let document: Value = serde_json::from_str(&read.to_json()).expect("JSON");
    let user = document["data"]["user_id"].as_str().expect("text");
    assert_eq!(document["subject"], format!("users/{user}/tasks/41"));
    assert_eq!(document["sequence"], "7");
    assert_eq!(document["data"]["sequence"], 7);
    assert_eq!(document["data"]["task_id"], 41);
    assert_eq!(document["data"]["task_data"]["id"], 41);
}

#[test]
fn assigning_twice_changes_nothing_more() {
    let once = samples::completed();
    let mut twice = once.clone();
    twice.assign(3, 3);
    assert_eq!(once, twice);
}

#[test]
fn events_outside_the_sequence_are_not_numbered() {
    let mut event = samples::user_deleted();
    event.assign(3, 9);
    assert_eq!(event, samples::user_deleted());
}

#[test]
fn a_sync_copy_has_an_id_of_its_own_that_never_changes() {
    let copy = samples::completed().sync_copy().expect("a copy");
    assert_eq!(copy, samples::completed().sync_copy().expect("a copy"));
    assert_eq!(copy.id, "065259e0-4cbe-543f-8073-97758d5fda63");
    assert_ne!(copy.id, samples::created().sync_copy().expect("a copy").id);
}

#[test]
fn a_sync_copy_keeps_subject_sequence_time_and_trace() {
    let event = samples::completed();
    let copy = event.sync_copy().expect("a copy");
    assert_eq!(copy.event_type(), EventType::TaskSync);
    assert_eq!(copy.subject, event.subject);
    assert_eq!(copy.sequence, event.sequence);
    assert_eq!(copy.time, event.time);
    assert_eq!(copy.traceparent, event.traceparent);
}

#[test]
fn a_deletion_is_told_without_the_task() {
    let copy = samples::deleted().sync_copy().expect("a copy");
    let EventData::Sync(sync) = copy.data else { panic!("sync data") };
    assert_eq!((sync.change, sync.task_id, sync.task), (SyncChange::Delete, 3, None));
}

#[test]
fn only_changes_of_tasks_are_copied() {
    assert_eq!(samples::user_deleted().sync_copy(), None);
    let copy = samples::created().sync_copy().expect("a copy");
    assert_eq!(copy.sync_copy(), None);
}

#[test]
fn unknown_members_are_ignored_at_every_depth() {
    for sample in samples::all() {
        let mut document: Value = serde_json::from_str(&sample.event.to_json()).expect("JSON");
        add_strangers(&mut document);
        let read = CloudEvent::parse(document.to_string().as_bytes()).expect(sample.name);
        assert_eq!(read, sample.event, "{}", sample.name);
    }
}

#[test]
fn a_later_major_is_readable_as_unknown_and_written_back_unchanged() {
    let mut document: Value = serde_json::from_str(&samples::created().to_json()).expect("JSON");
    document["type"] = json!("task.created.v2");
    document["data"] = json!({ "shape": ["of", { "its": "own" }], "n": 1 });
    let read = CloudEvent::parse(document.to_string().as_bytes()).expect("an unknown type reads");
    assert_eq!(read.event_type(), EventType::Other("task.created.v2".to_owned()));
    assert_eq!(read.event_type().topic(), None);
    let written: Value = serde_json::from_str(&read.to_json()).expect("JSON");
    assert_eq!(written, document);
}

#[test]
fn a_media_type_with_parameters_is_json_all_the_same() {
    let document = edited(|event| event["datacontenttype"] = json!("Application/JSON; charset=x"));
    assert!(CloudEvent::parse(document.as_bytes()).is_ok());
}

#[test]
fn a_refusal_names_the_member() {
    let reminder = json!({ "after": "PT1M" });
    let documents = [
        "{".to_owned(),
        "[1]".to_owned(),
        format!("{} trailing", edited(|_| ())),
        edited(|e| remove(e, "id")),
        edited(|e| e["id"] = json!("")),
        edited(|e| e["time"] = json!(5)),
        edited(|e| e["specversion"] = json!("0.3")),
        edited(|e| e["datacontenttype"] = json!("text/plain")),
        edited(|e| remove(e, "data")),
        edited(|e| e["data"] = json!("text")),
        edited(|e| remove(&mut e["data"], "user_id")),
        edited(|e| e["data"]["sequence"] = json!(-1)),
        edited(|e| e["data"]["task_data"]["reminders"][1] = reminder),
    ];
    let refusals = documents.map(|document| refusal(&document)).join("\n");
    expect![[r#"
        the event is not JSON:
            EOF while parsing an object at line 1 column 1
        member `[0]` of the event:
            invalid type: integer `1`, expected a string at line 1 column 2
        the event is not JSON:
            trailing characters at line 1 column 1990
        member `.` of the event:
            missing field `id` at line 1 column 1944
        member `id` of the event is empty
        member `time` of the event:
            invalid type: integer `5`, expected a string at line 1 column 1802
        member `specversion` of the event is `0.3`, only `1.0` is understood
        member `datacontenttype` of the event is `text/plain`, only `application/json` is understood
        member `.` of the event:
            missing field `data` at line 1 column 405
        member `data` of the event:
            invalid type: string "text", expected struct TaskEvent at line 1 column 6
        member `data` of the event:
            missing field `user_id` at line 1 column 1526
        member `data.sequence` of the event:
            invalid value: integer `-1`, expected u64 at line 1 column 829
        member `data.task_data.reminders[1]` of the event:
            unknown variant `after`, expected `before` or `at` at line 1 column 1226"#]]
    .assert_eq(&refusals);
}

/// The refusal, its reason on a line of its own.
fn refusal(document: &str) -> String {
    let error = CloudEvent::parse(document.as_bytes()).expect_err("refused");
    error.to_string().replacen(": ", ":\n    ", 1)
}

fn edited(edit: impl FnOnce(&mut Value)) -> String {
    let mut document = serde_json::from_str(&samples::completed().to_json()).expect("JSON");
    edit(&mut document);
    document.to_string()
}

fn remove(document: &mut Value, member: &str) {
    document.as_object_mut().expect("an object").remove(member).expect("the member is there");
}

fn add_strangers(value: &mut Value) {
    match value {
        // A choice (`{"before": …}`) is one member by definition; a second would be another value.
        Value::Object(members) if members.len() == 1 => {}
        Value::Object(members) => {
            members.values_mut().for_each(add_strangers);
            members.insert("stranger".to_owned(), json!({ "from": "the future" }));
        }
        Value::Array(items) => items.iter_mut().for_each(add_strangers),
        _ => {}
    }
}
