//! Web push: the request that makes a browser show something, and what the push service answers.
//!
//! RFC 8030 for the request, RFC 8291 for what only the browser can read, RFC 8292 for who we are.

mod encryption;
mod subscription;
#[cfg(test)]
mod tests;
mod vapid;

pub use encryption::{Ephemeral, PAYLOAD_BYTES_MAX, PushFault};
pub use subscription::{Subscription, SubscriptionFault, SubscriptionKeys};
pub use vapid::{VapidFault, VapidKey};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use uuid::Uuid;

use crate::verdict::{Verdict, retry_after};

const TTL: HeaderName = HeaderName::from_static("ttl");
const URGENCY: HeaderName = HeaderName::from_static("urgency");
const TOPIC: HeaderName = HeaderName::from_static("topic");

/// How long a push service keeps a message for a device that is off. A day: whoever switches a
/// phone on after a week away wants the task list, not a week of reminders.
const KEPT_FOR_S: u32 = 24 * 60 * 60;

/// One message for one subscription.
#[derive(Clone, Copy, Debug)]
pub struct PushMessage<'m> {
    /// Stays the same over all attempts. A push service that still holds an earlier copy replaces
    /// it, so the device shows one.
    pub id: Uuid,
    /// What the browser's service worker gets.
    pub payload: &'m [u8],
}

impl PushMessage<'_> {
    /// `ephemeral` must be new random bytes for every request.
    pub fn to_http(
        &self,
        subscription: &Subscription,
        key: &VapidKey,
        ephemeral: &Ephemeral,
        now: DateTime<Utc>,
    ) -> Result<Request<Bytes>, PushFault> {
        let body = encryption::encrypt(self.payload, subscription, ephemeral)?;
        let authorization = key.authorization(&subscription.endpoint.origin(), now);
        let mut authorization =
            HeaderValue::try_from(authorization).map_err(|_| PushFault::Subject)?;
        authorization.set_sensitive(true);
        let topic = URL_SAFE_NO_PAD.encode(self.id.as_bytes());
        let mut request = Request::post(subscription.endpoint.as_str())
            .header(TTL, KEPT_FOR_S)
            .header(URGENCY, "high")
            .header(TOPIC, topic)
            .header(header::CONTENT_ENCODING, "aes128gcm")
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::CONTENT_LENGTH, body.len())
            .body(Bytes::from(body))
            .map_err(|_| PushFault::Endpoint)?;
        request.headers_mut().insert(header::AUTHORIZATION, authorization);
        Ok(request)
    }
}

/// What a push service's answer means.
pub fn verdict(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Verdict {
    let reason = || format!("the push service answered {}", status.as_u16());
    match status.as_u16() {
        200..=299 => Verdict::Delivered,
        // The browser has unsubscribed, or the service has forgotten it.
        404 | 410 => Verdict::Gone { reason: reason() },
        // A key that is not accepted is ours to mend; the message may still arrive afterwards.
        401 | 403 | 408 | 425 | 429 | 500..=599 => {
            Verdict::Retry { reason: reason(), after: retry_after(headers, now) }
        }
        _ => Verdict::Refused { reason: reason() },
    }
}
