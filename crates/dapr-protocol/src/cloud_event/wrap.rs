//! Building the stored envelope of a published payload. Existing JSON is carried as text, so that
//! big numbers and the publisher's spelling survive.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::value::{RawValue, to_raw_value};

use super::{ContentKind, DEFAULT_SOURCE, DEFAULT_TYPE, SPEC_VERSION, attribute};
use crate::metadata::RequestMetadata;

/// What the sidecar knows about a payload besides its bytes.
#[derive(Clone, Debug)]
pub struct EnvelopeContext<'a> {
    /// Used when the publisher states no id and sends no CloudEvent of its own.
    pub id: &'a str,
    pub app_id: &'a str,
    pub pubsub: &'a str,
    pub topic: &'a str,
    /// RFC 3339 with second precision.
    pub time: &'a str,
    /// RFC 3339 in UTC, when the publish has a time to live.
    pub expiration: Option<&'a str>,
    /// Empty when the publish carries no trace.
    pub traceparent: &'a str,
    pub tracestate: &'a str,
}

/// A payload announced as a CloudEvent is none.
#[derive(Debug, thiserror::Error)]
pub enum EnvelopeError {
    #[error("the body is not a JSON object")]
    NotAnObject(#[source] serde_json::Error),
}

/// Attributes in the order they are stored: sorted by name.
type Attributes = BTreeMap<String, Box<RawValue>>;

/// The envelope of a payload published under `content_type` (`None` where no header says).
///
/// A CloudEvent is kept: only `topic` and `pubsubname` are forced, and missing attributes filled,
/// except `id`, which Dapr never adds. Anything else becomes the data of a new envelope, whose
/// `cloudevent.*` metadata may override id, source, type, subject and trace.
pub fn wrap(
    context: &EnvelopeContext<'_>,
    content_type: Option<&str>,
    payload: &[u8],
    metadata: &RequestMetadata,
) -> Result<Bytes, EnvelopeError> {
    let content_type = content_type.filter(|stated| !stated.is_empty());
    let mut attributes = match ContentKind::of(content_type.unwrap_or_default()) {
        ContentKind::CloudEvent => completed(context, payload)?,
        kind => enveloped(context, kind, content_type, payload, metadata),
    };
    set(&mut attributes, attribute::TOPIC, context.topic);
    set(&mut attributes, attribute::PUBSUB_NAME, context.pubsub);
    if let Some(expiration) = context.expiration {
        set(&mut attributes, attribute::EXPIRATION, expiration);
    }
    Ok(to_bytes(&attributes))
}

/// The envelope a consumer of raw payloads sees. It has no time, and its id is new on every
/// delivery: nothing in the broker could keep one.
pub fn wrap_raw(id: &str, pubsub: &str, topic: &str, payload: &[u8]) -> Bytes {
    let mut attributes = Attributes::new();
    let data = STANDARD.encode(payload);
    for (name, value) in [
        (attribute::ID, id),
        (attribute::SPEC_VERSION, SPEC_VERSION),
        (attribute::DATA_CONTENT_TYPE, "application/octet-stream"),
        (attribute::SOURCE, DEFAULT_SOURCE),
        (attribute::TYPE, DEFAULT_TYPE),
        (attribute::TOPIC, topic),
        (attribute::PUBSUB_NAME, pubsub),
        (attribute::DATA_BASE64, &data),
    ] {
        set(&mut attributes, name, value);
    }
    to_bytes(&attributes)
}

fn completed(context: &EnvelopeContext<'_>, payload: &[u8]) -> Result<Attributes, EnvelopeError> {
    let mut attributes: Attributes =
        serde_json::from_slice(payload).map_err(EnvelopeError::NotAnObject)?;
    if !attributes.contains_key(attribute::TRACE_ID) {
        set(&mut attributes, attribute::TRACE_ID, context.traceparent);
        set(&mut attributes, attribute::TRACE_PARENT, context.traceparent);
    }
    for (name, fallback) in [
        (attribute::SOURCE, DEFAULT_SOURCE),
        (attribute::TYPE, DEFAULT_TYPE),
        (attribute::SPEC_VERSION, SPEC_VERSION),
        (attribute::TIME, context.time),
        (attribute::TRACE_STATE, context.tracestate),
    ] {
        if !attributes.contains_key(name) {
            set(&mut attributes, name, fallback);
        }
    }
    Ok(attributes)
}

fn enveloped(
    context: &EnvelopeContext<'_>,
    kind: ContentKind,
    content_type: Option<&str>,
    payload: &[u8],
    metadata: &RequestMetadata,
) -> Attributes {
    let stated = |name: &str| metadata.get_ignoring_case(&format!("cloudevent.{name}"));
    let trace = stated(attribute::TRACE_PARENT)
        .or_else(|| stated(attribute::TRACE_ID))
        .unwrap_or(context.traceparent);
    let mut attributes = Attributes::new();
    for (name, value) in [
        (attribute::ID, stated(attribute::ID).unwrap_or(context.id)),
        (attribute::SOURCE, stated(attribute::SOURCE).unwrap_or(context.app_id)),
        (attribute::TYPE, stated(attribute::TYPE).unwrap_or(DEFAULT_TYPE)),
        (attribute::SPEC_VERSION, SPEC_VERSION),
        (attribute::DATA_CONTENT_TYPE, content_type.unwrap_or("text/plain")),
        (attribute::TIME, context.time),
        (attribute::TRACE_ID, trace),
        (attribute::TRACE_PARENT, trace),
        (attribute::TRACE_STATE, stated(attribute::TRACE_STATE).unwrap_or(context.tracestate)),
    ] {
        set(&mut attributes, name, value);
    }
    if let Some(subject) = stated(attribute::SUBJECT) {
        set(&mut attributes, attribute::SUBJECT, subject);
    }
    set_data(&mut attributes, kind, payload);
    attributes
}

fn set_data(attributes: &mut Attributes, kind: ContentKind, payload: &[u8]) {
    if kind == ContentKind::Binary {
        return set(attributes, attribute::DATA_BASE64, &STANDARD.encode(payload));
    }
    // Data that is announced as JSON and is none is kept as the string it is.
    match serde_json::from_slice::<Box<RawValue>>(payload) {
        Ok(json) if kind == ContentKind::Json => {
            attributes.insert(attribute::DATA.to_owned(), json);
        }
        _ => set(attributes, attribute::DATA, &String::from_utf8_lossy(payload)),
    }
}

fn set(attributes: &mut Attributes, name: &str, value: &str) {
    if let Ok(text) = to_raw_value(value) {
        attributes.insert(name.to_owned(), text);
    }
}

fn to_bytes(attributes: &Attributes) -> Bytes {
    // Strings and already parsed JSON always serialise.
    Bytes::from(serde_json::to_vec(attributes).unwrap_or_default())
}
