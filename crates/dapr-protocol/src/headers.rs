//! Names of the headers Dapr reads and writes, and the comparison of its tokens. Knows no values.

use http::{HeaderMap, HeaderName, HeaderValue};

/// Carries the API token towards the sidecar and the app token towards the app.
pub const API_TOKEN: &str = "dapr-api-token";
/// Names the app that `GET /dapr/subscribe` and `GET /dapr/config` are asked for, so that one
/// HTTP server can answer for several apps. Absent on event, job and binding calls.
pub const APP_ID: &str = "dapr-app-id";
/// Names the pub/sub component on every event delivery.
pub const PUBSUB_NAME: &str = "pubsubname";
/// W3C trace context of the event being delivered.
pub const TRACEPARENT: &str = "traceparent";
/// W3C vendor trace state of the event being delivered.
pub const TRACESTATE: &str = "tracestate";

/// What a delivery carries as `traceparent` when the event has no trace of its own.
pub const EMPTY_TRACEPARENT: &str = "00-00000000000000000000000000000000-0000000000000000-00";

/// Content type of a structured CloudEvent, on publish and on delivery.
pub const CLOUD_EVENT_JSON: &str = "application/cloudevents+json";
/// Content type of every other JSON body.
pub const JSON: &str = "application/json";

/// Headers that govern the connection itself. A publisher must not reach them through metadata: the
/// delivery would hang or be read wrongly.
const OF_THE_CONNECTION: [&str; 9] = [
    "connection",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Adds metadata as headers. What no header can carry is left out rather than holding up the call
/// for ever, and what the sidecar itself states is not overwritten.
pub(crate) fn add_metadata(headers: &mut HeaderMap, metadata: &[(String, String)]) {
    for (key, value) in metadata {
        let (Ok(name), Ok(value)) =
            (HeaderName::try_from(key.as_str()), HeaderValue::from_str(value))
        else {
            continue;
        };
        if !OF_THE_CONNECTION.contains(&name.as_str()) {
            headers.entry(name).or_insert(value);
        }
    }
}

/// The caller's trace, where it is one: `00-<32 hex>-<16 hex>-<2 hex>`.
pub fn trace_of(headers: &HeaderMap) -> Option<&str> {
    const DASHES: [usize; 3] = [2, 35, 52];
    const LENGTH: usize = 55;
    let stated = headers.get(TRACEPARENT)?.to_str().ok()?;
    let is_well_formed = stated.bytes().enumerate().all(|(at, byte)| match byte {
        b'-' => DASHES.contains(&at),
        byte => byte.is_ascii_hexdigit() && !DASHES.contains(&at),
    });
    (stated.len() == LENGTH && is_well_formed).then_some(stated)
}

/// Whether the caller proved that it knows `expected`. Looks at every byte whatever differs, so
/// that the time taken tells a guesser nothing but the length.
pub fn carries_token(headers: &HeaderMap, expected: &str) -> bool {
    let Some(sent) = headers.get(API_TOKEN) else { return false };
    let (sent, expected) = (sent.as_bytes(), expected.as_bytes());
    let differing = sent.iter().zip(expected).fold(0, |seen, (a, b)| seen | (a ^ b));
    sent.len() == expected.len() && differing == 0
}
