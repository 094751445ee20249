//! The CloudEvent envelope: how an event is made, completed by its commit, copied and read.
//!
//! It must not know who publishes or consumes; ids and instants come in with the data.

pub(crate) mod read;

use uuid::Uuid;

pub use crate::bindings::taskmaster::tasks::events::{CloudEvent, EventData};
pub use read::EnvelopeError;

use crate::events::{ReminderDue, SyncChange, TaskEvent, TaskSync, UserEvent};
use crate::names::{EventType, Topic};

/// The one version of CloudEvents that is written and read.
pub const SPEC_VERSION: &str = "1.0";

/// The media type of an envelope in structured mode.
pub const MEDIA_TYPE: &str = "application/cloudevents+json";

const DATA_MEDIA_TYPE: &str = "application/json";

impl CloudEvent {
    /// A change of a task. Its commit has yet to [`assign`](Self::assign) number and sequence.
    pub fn task(source: &str, data: TaskEvent, traceparent: Option<String>) -> CloudEvent {
        CloudEvent {
            id: data.event_id.clone(),
            type_: data.event_type.clone(),
            time: data.timestamp.clone(),
            ..CloudEvent::bare(source, traceparent, EventData::Task(data))
        }
    }

    pub fn user(source: &str, data: UserEvent, traceparent: Option<String>) -> CloudEvent {
        CloudEvent {
            id: data.event_id.clone(),
            type_: data.event_type.clone(),
            subject: Some(format!("users/{}", data.user_id)),
            time: data.timestamp.clone(),
            ..CloudEvent::bare(source, traceparent, EventData::User(data))
        }
    }

    pub fn reminder(source: &str, data: ReminderDue, traceparent: Option<String>) -> CloudEvent {
        CloudEvent {
            id: data.event_id.clone(),
            type_: data.event_type.clone(),
            subject: Some(task_subject(&data.user_id, data.task_id)),
            time: data.timestamp.clone(),
            ..CloudEvent::bare(source, traceparent, EventData::Reminder(data))
        }
    }

    fn bare(source: &str, traceparent: Option<String>, data: EventData) -> CloudEvent {
        CloudEvent {
            specversion: SPEC_VERSION.to_owned(),
            id: String::new(),
            source: source.to_owned(),
            type_: String::new(),
            subject: None,
            time: String::new(),
            datacontenttype: Some(DATA_MEDIA_TYPE.to_owned()),
            sequence: None,
            traceid: traceparent.clone(),
            traceparent,
            data,
        }
    }

    /// Fills in what only the commit knows. Events outside the per-user sequence stay as they are.
    pub fn assign(&mut self, number: u32, sequence: u64) {
        let EventData::Task(event) = &mut self.data else { return };
        event.task_id = number;
        event.sequence = sequence;
        event.task_data.id = number;
        self.subject = Some(task_subject(&event.user_id, number));
        self.sequence = Some(sequence.to_string());
    }

    /// The hint for open devices that goes with a change of a task; `None` for any other event.
    ///
    /// Its id follows from this event's, so that copies of one change are recognised as one.
    pub fn sync_copy(&self) -> Option<CloudEvent> {
        let EventData::Task(event) = &self.data else { return None };
        let (change, task) = match self.event_type() {
            EventType::TaskDeleted => (SyncChange::Delete, None),
            _ => (SyncChange::Upsert, Some(event.task_data.clone())),
        };
        let sync = TaskSync { seq: event.sequence, change, task_id: event.task_id, task };
        Some(CloudEvent {
            id: derived_id(&self.id, Topic::TaskUpdates),
            type_: EventType::TaskSync.as_str().to_owned(),
            data: EventData::Sync(sync),
            ..self.clone()
        })
    }

    pub fn event_type(&self) -> EventType {
        EventType::parse(&self.type_)
    }

    /// The event in structured mode, of the media type [`MEDIA_TYPE`].
    #[expect(clippy::expect_used, reason = "no map key here that is not text, no failing writer")]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("an event is always JSON")
    }

    /// Reads structured mode; an unknown type is no error, its data stays JSON text.
    pub fn parse(body: &[u8]) -> Result<CloudEvent, EnvelopeError> {
        read::parse(body)
    }
}

fn task_subject(user_id: &str, task_id: u32) -> String {
    format!("users/{user_id}/tasks/{task_id}")
}

/// UUIDv5 with the event's id as the namespace. An id that is no UUID is made one first, by the
/// same function, because CloudEvents allows any text.
fn derived_id(event_id: &str, topic: Topic) -> String {
    let namespace = Uuid::try_parse(event_id)
        .unwrap_or_else(|_| Uuid::new_v5(&Uuid::NAMESPACE_OID, event_id.as_bytes()));
    Uuid::new_v5(&namespace, topic.as_str().as_bytes()).to_string()
}

/// Writes the data of an unknown type as the JSON it came as.
pub(crate) fn write_json_text<S: serde::Serializer>(text: &str, out: S) -> Result<S::Ok, S::Error> {
    use serde::Serialize;
    let raw: &serde_json::value::RawValue =
        serde_json::from_str(text).map_err(serde::ser::Error::custom)?;
    raw.serialize(out)
}
