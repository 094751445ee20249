//! What a reminder says on each kind of channel.

use serde_json::{Value, json};
use task_contracts::types::Subtask;

use super::abridged::webhook_data;
use super::notice::Notice;
use super::*;
use task_contracts::envelope::{CloudEvent, EventData};
use task_contracts::events::ReminderDue;

const EVENT: &str = include_str!("../../../../tests/fixtures/events/reminder.due.json");

fn due() -> ReminderDue {
    match CloudEvent::parse(EVENT.as_bytes()).expect("the fixture").data {
        EventData::Reminder(due) => due,
        other => panic!("not a reminder: {other:?}"),
    }
}

fn notice(public_url: Option<&str>) -> Notice {
    Notice::parse(EVENT, public_url).expect("the fixture")
}

#[test]
fn a_browser_is_told_what_when_and_where() {
    let payload = notice(Some("https://tasks.example.com")).push_payload().expect("a payload");
    let payload: Value = serde_json::from_slice(&payload).expect("JSON");
    let expected = json!({
        "type": "reminder.due",
        "event_id": "2d7c1f2c-4d0c-5a6e-9a53-0c4a1a8f9f21",
        "task_id": 3,
        "title": "Water plants",
        "body": "Due Sun 31 Jan 2027, 10:00 (Europe/Berlin)",
        "tag": "task-3",
        "url": "https://tasks.example.com/?task=3",
        "fire_at": "2027-01-31T08:45:00Z",
    });
    assert_eq!(payload, expected);
}

#[test]
fn a_mail_says_the_same_and_leads_nowhere_without_a_public_url() {
    let told = notice(None).with_email(|content| {
        (content.subject.to_owned(), content.paragraphs.to_vec(), content.link.is_some())
    });
    let (subject, paragraphs, has_link) = told.expect("a reminder");
    assert_eq!(subject, "Reminder: Water plants");
    assert_eq!(
        paragraphs,
        ["Due Sun 31 Jan 2027, 10:00 (Europe/Berlin)", "The ones in the پودے room"]
    );
    assert!(!has_link);
}

#[test]
fn a_webhook_gets_the_event_s_data_as_they_are() {
    let data: Value = serde_json::from_str(&webhook_data(&due()).expect("data")).expect("JSON");
    let event: Value = serde_json::from_str(EVENT).expect("JSON");
    assert_eq!(data, event["data"]);
}

#[test]
fn a_task_at_its_limits_is_told_without_its_subtasks() {
    let mut due = due();
    due.task_data.title = "😀".repeat(200);
    due.task_data.tags = vec!["😀".repeat(50); 20];
    // What JSON makes the longest of a character.
    due.task_data.description = "\u{1}".repeat(2_000);
    let whole = webhook_data(&due).expect("data");
    assert!(whole.len() < 19_500, "{}", whole.len());
    let whole: Value = serde_json::from_str(&whole).expect("JSON");
    assert_eq!(whole.get("omitted"), None);

    let subtask = |_| Subtask { title: "界".repeat(200), completed: false };
    due.task_data.subtasks = (0..100).map(subtask).collect();
    let shorter = webhook_data(&due).expect("data");
    assert!(shorter.len() < 19_500, "{}", shorter.len());
    let value: Value = serde_json::from_str(&shorter).expect("JSON");
    assert_eq!(value["omitted"], json!(["subtasks"]));
    assert_eq!(value["task_data"]["subtasks"], json!([]));
    assert_eq!(value["task_data"]["description"], due.task_data.description);
}

#[test]
fn a_message_of_another_type_is_not_a_notice() {
    for message in ["", "{}", &EVENT.replace("\"type\": \"reminder.due\"", "\"type\": \"x\"")] {
        assert!(Notice::parse(message, None).is_none(), "{message}");
    }
}

#[test]
fn a_kind_that_is_not_set_up_right_is_not_offered() {
    let read = |variables: &'static [(&str, &str)]| {
        Notification::read(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    };
    let none = read(&[]);
    assert!(none.mail().is_none() && none.vapid_key().is_none());
    assert!(read(&[("email_binding", "smtp")]).mail().is_none());
    let mail = read(&[("email_binding", "smtp"), ("email_from", "tasks@example.com")]).mail();
    assert_eq!(mail.map(|mail| mail.binding), Some("smtp".to_owned()));
    assert!(read(&[("vapid_private_key", "short")]).vapid_key().is_none());
}
