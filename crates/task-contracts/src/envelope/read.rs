//! Reading an envelope: first its attributes, then the data that its type promises.
//!
//! Unknown members are ignored. Errors name the member, because the reader of a dead letter has
//! nothing but them.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::{CloudEvent, DATA_MEDIA_TYPE, EventData, SPEC_VERSION};
use crate::names::EventType;

/// Why a document is not an event. It will not become one by being delivered again.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    #[error("the event is not JSON: {reason}")]
    NotJson { reason: serde_json::Error },
    /// `member` is a path from the top: `data.task_data.due_at`, or `.` for the event itself.
    #[error("member `{member}` of the event: {reason}")]
    Member { member: String, reason: serde_json::Error },
    #[error("member `{member}` of the event is empty")]
    Empty { member: &'static str },
    #[error("member `{member}` of the event is `{found}`, only `{allowed}` is understood")]
    Unsupported { member: &'static str, found: String, allowed: &'static str },
}

/// The envelope as it is written, its data still unread.
#[derive(Deserialize)]
pub(crate) struct Envelope {
    specversion: String,
    id: String,
    source: String,
    #[serde(rename = "type")]
    event_type: String,
    subject: Option<String>,
    time: String,
    datacontenttype: Option<String>,
    sequence: Option<String>,
    traceparent: Option<String>,
    traceid: Option<String>,
    data: Box<RawValue>,
}

pub(super) fn parse(body: &[u8]) -> Result<CloudEvent, EnvelopeError> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let envelope: Envelope =
        serde_path_to_error::deserialize(&mut json).map_err(|e| unread(e, None))?;
    json.end().map_err(|reason| EnvelopeError::NotJson { reason })?;
    CloudEvent::try_from(envelope)
}

impl TryFrom<Envelope> for CloudEvent {
    type Error = EnvelopeError;

    fn try_from(envelope: Envelope) -> Result<CloudEvent, EnvelopeError> {
        supported("specversion", &envelope.specversion, SPEC_VERSION)?;
        if let Some(media_type) = &envelope.datacontenttype {
            supported("datacontenttype", media_type, DATA_MEDIA_TYPE)?;
        }
        filled("id", &envelope.id)?;
        filled("source", &envelope.source)?;
        filled("type", &envelope.event_type)?;
        Ok(CloudEvent {
            data: data_of(&EventType::parse(&envelope.event_type), &envelope.data)?,
            specversion: envelope.specversion,
            id: envelope.id,
            source: envelope.source,
            type_: envelope.event_type,
            subject: envelope.subject,
            time: envelope.time,
            datacontenttype: envelope.datacontenttype,
            sequence: envelope.sequence,
            traceparent: envelope.traceparent,
            traceid: envelope.traceid,
        })
    }
}

fn data_of(event_type: &EventType, data: &RawValue) -> Result<EventData, EnvelopeError> {
    match event_type {
        EventType::TaskCreated
        | EventType::TaskUpdated
        | EventType::TaskCompleted
        | EventType::TaskDeleted => read_data(data).map(EventData::Task),
        EventType::UserDeleted => read_data(data).map(EventData::User),
        EventType::TaskSync => read_data(data).map(EventData::Sync),
        EventType::ReminderDue => read_data(data).map(EventData::Reminder),
        EventType::Other(_) => Ok(EventData::Other(data.get().to_owned())),
    }
}

fn read_data<T: DeserializeOwned>(data: &RawValue) -> Result<T, EnvelopeError> {
    let mut json = serde_json::Deserializer::from_str(data.get());
    serde_path_to_error::deserialize(&mut json).map_err(|e| unread(e, Some("data")))
}

/// `within` is the member whose value was being read.
fn unread(
    error: serde_path_to_error::Error<serde_json::Error>,
    within: Option<&str>,
) -> EnvelopeError {
    let path = error.path().to_string();
    let reason = error.into_inner();
    if reason.is_syntax() || reason.is_eof() {
        return EnvelopeError::NotJson { reason };
    }
    let member = match within {
        None => path,
        Some(parent) if path == "." => parent.to_owned(),
        Some(parent) => format!("{parent}.{path}"),
    };
    EnvelopeError::Member { member, reason }
}

fn supported(
    member: &'static str,
    found: &str,
    allowed: &'static str,
) -> Result<(), EnvelopeError> {
    // Parameters of a media type (`; charset=utf-8`) change nothing in JSON.
    let essence = found.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(allowed) {
        return Ok(());
    }
    Err(EnvelopeError::Unsupported { member, found: found.to_owned(), allowed })
}

fn filled(member: &'static str, value: &str) -> Result<(), EnvelopeError> {
    if value.is_empty() { Err(EnvelopeError::Empty { member }) } else { Ok(()) }
}
