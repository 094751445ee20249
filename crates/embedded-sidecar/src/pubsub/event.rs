//! A record of the log as an event: its envelope, its trace, whether it is still of use. Pure.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use dapr_protocol::cloud_event::{attribute, wrap_raw};
use serde_json::Value;

use crate::durable_log::{Record, TopicName};

/// What a consumer gets to see of a record.
#[derive(Debug)]
pub(super) struct Event {
    /// As stored, or synthesised for a subscription to raw payloads.
    pub(super) envelope: Bytes,
    /// The same, parsed: what rules look at.
    pub(super) attributes: Value,
}

/// The record holds no CloudEvent.
#[derive(Debug, thiserror::Error)]
#[error("the record is not a CloudEvent")]
pub(super) struct NotAnEvent {
    #[from]
    source: serde_json::Error,
}

impl Event {
    pub(super) fn structured(record: &Record) -> Result<Self, NotAnEvent> {
        let fields: serde_json::Map<String, Value> = serde_json::from_slice(&record.payload)?;
        Ok(Self { envelope: record.payload.clone(), attributes: Value::Object(fields) })
    }

    pub(super) fn raw(record: &Record, topic: &TopicName, id: &str) -> Result<Self, NotAnEvent> {
        let envelope = wrap_raw(id, &topic.pubsub, &topic.topic, &record.payload);
        let attributes = serde_json::from_slice(&envelope)?;
        Ok(Self { envelope, attributes })
    }

    /// An expiration that is no time is none.
    pub(super) fn has_expired(&self, now: DateTime<Utc>) -> bool {
        self.text(attribute::EXPIRATION)
            .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
            .is_some_and(|expiration| now > expiration)
    }

    pub(super) fn id(&self) -> &str {
        self.text(attribute::ID).unwrap_or_default()
    }

    /// `traceparent`, else the older `traceid`; one that is no text is ignored.
    pub(super) fn traceparent(&self) -> Option<&str> {
        match self.attributes.get(attribute::TRACE_PARENT) {
            Some(traceparent) => traceparent.as_str(),
            None => self.text(attribute::TRACE_ID),
        }
        .filter(|traceparent| !traceparent.is_empty())
    }

    pub(super) fn tracestate(&self) -> Option<&str> {
        self.text(attribute::TRACE_STATE).filter(|tracestate| !tracestate.is_empty())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.attributes.get(name)?.as_str()
    }
}

/// The headers a record brings along, under the names Kafka's component gives them: what the
/// publisher stated, then where the record stands.
pub(super) fn broker_metadata(record: &Record, topic: &TopicName) -> Vec<(String, String)> {
    let mut metadata = record.metadata.clone();
    if let Some(key) = &record.key {
        metadata.push(("__key".to_owned(), key.clone()));
    }
    metadata.extend([
        ("__topic".to_owned(), topic.topic.clone()),
        ("__partition".to_owned(), record.partition.to_string()),
        ("__offset".to_owned(), record.offset.to_string()),
        ("__timestamp".to_owned(), record.published_at_ms.to_string()),
    ]);
    metadata
}
