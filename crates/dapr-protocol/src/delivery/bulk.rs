//! Several events in one call, for a subscription that states `bulkSubscribe`, and what the app
//! says about each.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{DeliveryAnswer, RouteError, route_uri};
use crate::headers::{API_TOKEN, JSON, PUBSUB_NAME};

const TYPE: &str = "com.dapr.event.sent.bulk";

/// Events on their way to one path of the app.
#[derive(Debug)]
pub struct BulkDelivery<'a> {
    pub path: &'a str,
    pub pubsub: &'a str,
    pub topic: &'a str,
    pub id: &'a str,
    pub entries: Vec<BulkDeliveryEntry>,
    pub app_token: Option<&'a str>,
}

/// One of them. The app answers by its id.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BulkDeliveryEntry {
    pub entry_id: String,
    /// The CloudEvent as the broker stores it; of a raw payload its base64, as a string.
    pub event: Box<RawValue>,
    /// The broker's metadata.
    pub metadata: BTreeMap<String, String>,
    pub content_type: String,
}

#[derive(Serialize)]
struct Envelope<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    envelope_type: &'static str,
    pubsubname: &'a str,
    topic: &'a str,
    metadata: BTreeMap<&'static str, &'a str>,
    entries: &'a [BulkDeliveryEntry],
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    statuses: Vec<EntryStatus>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryStatus {
    #[serde(default)]
    entry_id: String,
    #[serde(default)]
    status: String,
}

impl BulkDelivery<'_> {
    /// The call to the app.
    pub fn to_http(&self) -> Result<Request<Bytes>, RouteError> {
        let envelope = Envelope {
            id: self.id,
            envelope_type: TYPE,
            pubsubname: self.pubsub,
            topic: self.topic,
            metadata: BTreeMap::from([("pubsubName", self.pubsub)]),
            entries: &self.entries,
        };
        // Strings and JSON text always serialise.
        let body = serde_json::to_vec(&envelope).unwrap_or_default();
        let length = body.len();
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = route_uri(self.path)?;
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        for (name, value) in [(PUBSUB_NAME, Some(self.pubsub)), (API_TOKEN, self.app_token)] {
            if let Some(Ok(value)) = value.map(HeaderValue::from_str) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        Ok(request)
    }

    /// What the app says about each entry, in their order. An entry it does not speak of comes
    /// again; a 404 drops them all.
    pub fn read(&self, response: &Response<Bytes>) -> Vec<DeliveryAnswer> {
        let status = response.status();
        let all = |answer: DeliveryAnswer| vec![answer; self.entries.len()];
        if status == StatusCode::NOT_FOUND {
            return all(DeliveryAnswer::Drop { reason: "the app answered 404".to_owned() });
        }
        if !status.is_success() {
            let reason = format!("the app answered {}", status.as_u16());
            return all(DeliveryAnswer::Retry { status: Some(status.as_u16()), reason });
        }
        let answer: Answer = match serde_json::from_slice(response.body()) {
            Ok(answer) => answer,
            Err(error) => {
                let reason = format!("the app's answer cannot be read: {error}");
                return all(DeliveryAnswer::Retry { status: None, reason });
            }
        };
        let said: HashMap<&str, &str> =
            answer.statuses.iter().map(|it| (it.entry_id.as_str(), it.status.as_str())).collect();
        self.entries.iter().map(|entry| of_status(said.get(entry.entry_id.as_str()))).collect()
    }
}

/// Unlike the answer to a single event, an empty status is no success here.
fn of_status(status: Option<&&str>) -> DeliveryAnswer {
    match status {
        Some(&"SUCCESS") => DeliveryAnswer::Ack,
        Some(&"DROP") => DeliveryAnswer::Drop { reason: "the app answered DROP".to_owned() },
        Some(status) => {
            DeliveryAnswer::Retry { status: None, reason: format!("the app answered {status:?}") }
        }
        None => DeliveryAnswer::Retry { status: None, reason: "the app did not say".to_owned() },
    }
}
