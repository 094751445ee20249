//! Webhooks by Standard Webhooks 1.0: the signed request, and what the receiver's answer means.

mod secret;
#[cfg(test)]
mod tests;

pub use secret::{ROTATION, Secret, SecretFault, SecretSet};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use serde::Serialize;
use serde_json::value::RawValue;
use thiserror::Error;

use crate::target::Target;
use crate::verdict::{Verdict, retry_after};

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");

/// Receivers may rely on it: the specification asks for bodies below 20 kB.
pub const BODY_BYTES_MAX: usize = 20_000;

/// What receivers recognise us by in their logs.
const USER_AGENT: &str = "TaskMaster-Webhooks/1";

/// The body, in the shape that the specification recommends.
#[derive(Serialize)]
struct Body<'m> {
    #[serde(rename = "type")]
    event_type: &'m str,
    timestamp: &'m str,
    data: &'m RawValue,
}

/// One message for one receiver.
#[derive(Clone, Copy, Debug)]
pub struct WebhookMessage<'m> {
    /// Stays the same over all attempts: by it a receiver recognises a copy.
    pub id: &'m str,
    pub event_type: &'m str,
    /// When the event happened, RFC 3339.
    pub timestamp: &'m str,
    /// JSON text.
    pub data: &'m str,
}

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum WebhookFault {
    #[error("the body has more than {BODY_BYTES_MAX} bytes")]
    TooLarge,
    #[error("the data is not JSON")]
    NotJson,
    #[error("the channel has no secret that is valid")]
    NoSecret,
    #[error("the target or the message cannot be sent")]
    NotSendable,
}

impl WebhookMessage<'_> {
    /// Signed with every secret that is valid `now`.
    pub fn to_http(
        &self,
        target: &Target,
        secrets: &SecretSet,
        now: DateTime<Utc>,
    ) -> Result<Request<Bytes>, WebhookFault> {
        let data = serde_json::from_str(self.data).map_err(|_| WebhookFault::NotJson)?;
        let body = Body { event_type: self.event_type, timestamp: self.timestamp, data };
        let body = serde_json::to_string(&body).map_err(|_| WebhookFault::NotJson)?;
        if body.len() > BODY_BYTES_MAX {
            return Err(WebhookFault::TooLarge);
        }
        let timestamp_s = now.timestamp();
        let signatures: Vec<String> =
            secrets.valid(now).map(|secret| secret.sign(self.id, timestamp_s, &body)).collect();
        if signatures.is_empty() {
            return Err(WebhookFault::NoSecret);
        }
        Request::post(target.as_str())
            .header(ID, self.id)
            .header(TIMESTAMP, timestamp_s)
            .header(SIGNATURE, signatures.join(" "))
            .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(header::CONTENT_LENGTH, body.len())
            .header(header::USER_AGENT, USER_AGENT)
            .body(Bytes::from(body))
            .map_err(|_| WebhookFault::NotSendable)
    }
}

/// What a receiver's answer means. Only 2xx is a success; a redirect is not followed, because it
/// could lead anywhere.
pub fn verdict(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Verdict {
    let reason = format!("the receiver answered {}", status.as_u16());
    match status.as_u16() {
        200..=299 => Verdict::Delivered,
        410 => Verdict::Gone { reason },
        _ => Verdict::Retry { reason, after: retry_after(headers, now) },
    }
}
