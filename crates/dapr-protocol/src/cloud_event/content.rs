//! How a content type decides the shape of an event's data. Knows media types, not envelopes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::value::RawValue;

use crate::headers::CLOUD_EVENT_JSON;

/// What a content type means for the payload under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentKind {
    /// The payload is the event.
    CloudEvent,
    /// Exactly `application/json`; the `+json` family is text to Dapr.
    Json,
    /// Travels as base64.
    Binary,
    Text,
}

/// An event in a bulk does not fit the content type it is sent under.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    #[error("error: mismatch between contentType and event")]
    Mismatch,
    #[error("error: unable to decode base64 application/octect-stream data: {0}")]
    NotBase64(base64::DecodeError),
}

impl ContentKind {
    /// Parameters after `;` do not count.
    pub fn of(content_type: &str) -> Self {
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        match media_type.to_ascii_lowercase().as_str() {
            CLOUD_EVENT_JSON => Self::CloudEvent,
            "application/json" => Self::Json,
            "application/octet-stream" | "application/cloudevents+protobuf" => Self::Binary,
            _ => Self::Text,
        }
    }

    /// The payload a bulk entry's JSON `event` stands for. Stricter than a single publish: text
    /// must be declared as text.
    pub fn entry_payload(content_type: &str, event: &RawValue) -> Result<Bytes, ContentError> {
        let text =
            || serde_json::from_str::<String>(event.get()).map_err(|_| ContentError::Mismatch);
        match Self::of(content_type) {
            Self::Json | Self::CloudEvent => Ok(Bytes::copy_from_slice(event.get().as_bytes())),
            Self::Binary => {
                STANDARD.decode(text()?).map(Bytes::from).map_err(ContentError::NotBase64)
            }
            Self::Text if is_declared_text(content_type) => text().map(Bytes::from),
            Self::Text => Err(ContentError::Mismatch),
        }
    }
}

fn is_declared_text(content_type: &str) -> bool {
    let lower = content_type.trim().to_ascii_lowercase();
    lower.starts_with("text/") || lower.starts_with("application/xml")
}
