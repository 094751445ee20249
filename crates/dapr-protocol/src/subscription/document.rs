//! `GET /dapr/subscribe`: what an app wants to hear, in the order its rules are tried. Knows the
//! document, not how a rule is evaluated.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use serde::{Deserialize, Serialize};

use crate::error_body::json_response;
use crate::headers::{API_TOKEN, APP_ID};
use crate::metadata::RequestMetadata;

/// Where an app is asked for its subscriptions.
pub const SUBSCRIBE_PATH: &str = "/dapr/subscribe";

/// One topic an app subscribes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    pub pubsub: String,
    pub topic: String,
    /// Tried in order; the first match gets the event. A default is a last rule that always
    /// matches. An event that matches none is dropped, to the dead-letter topic if there is one.
    pub rules: Vec<Rule>,
    /// Without one, an event that keeps failing blocks its partition.
    pub dead_letter_topic: Option<String>,
    pub metadata: RequestMetadata,
    pub bulk: Option<BulkSubscribe>,
}

/// An event that matches goes to `path`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// CEL over `event`; empty matches everything.
    #[serde(rename = "match", default, skip_serializing_if = "String::is_empty")]
    pub matches: String,
    #[serde(default)]
    pub path: String,
}

/// Delivery of many events in one call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BulkSubscribe {
    pub enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_messages_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_await_duration_ms: Option<u32>,
}

/// The whole answer of an app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SubscriptionDocument(pub Vec<Subscription>);

/// What came of asking an app for its subscriptions.
#[derive(Debug)]
pub enum Fetched {
    Subscriptions(SubscriptionDocument),
    /// 404: the app subscribes to nothing.
    None,
    /// Any other status, or a body that is no such document. Dapr does not ask again.
    Unusable {
        reason: String,
    },
}

/// The document's spelling, shared by both directions.
#[derive(Serialize, Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Item {
    pubsubname: String,
    topic: String,
    /// The v1 form: one route.
    #[serde(skip_serializing_if = "String::is_empty")]
    route: String,
    #[serde(skip_serializing_if = "Routes::is_empty")]
    routes: Routes,
    #[serde(rename = "deadLetterTopic", skip_serializing_if = "String::is_empty")]
    dead_letter_topic: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<RequestMetadata>,
    #[serde(rename = "bulkSubscribe", skip_serializing_if = "Option::is_none")]
    bulk: Option<BulkSubscribe>,
}

/// The v2 form: rules, then a default.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Routes {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) rules: Vec<Rule>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) default: String,
}

impl Subscription {
    pub fn new(pubsub: &str, topic: &str) -> Self {
        Self {
            pubsub: pubsub.to_owned(),
            topic: topic.to_owned(),
            rules: Vec::new(),
            dead_letter_topic: None,
            metadata: RequestMetadata::default(),
            bulk: None,
        }
    }

    #[must_use]
    pub fn rule(mut self, matches: &str, path: &str) -> Self {
        self.rules.push(Rule { matches: matches.to_owned(), path: path.to_owned() });
        self
    }

    /// The rule for the common case: one event type to one path.
    #[must_use]
    pub fn rule_for_type(self, event_type: &str, path: &str) -> Self {
        self.rule(&format!("event.type == {event_type:?}"), path)
    }

    /// Everything no earlier rule took.
    #[must_use]
    pub fn default_route(self, path: &str) -> Self {
        self.rule("", path)
    }

    #[must_use]
    pub fn dead_letter_topic(mut self, topic: &str) -> Self {
        self.dead_letter_topic = Some(topic.to_owned());
        self
    }

    #[must_use]
    pub fn metadata(mut self, metadata: RequestMetadata) -> Self {
        self.metadata = metadata;
        self
    }

    fn from_item(item: Item) -> Self {
        Self {
            pubsub: item.pubsubname,
            topic: item.topic,
            rules: item.routes.into_rules(&item.route),
            dead_letter_topic: Some(item.dead_letter_topic).filter(|topic| !topic.is_empty()),
            metadata: item.metadata.unwrap_or_default(),
            bulk: item.bulk.filter(|bulk| bulk.enabled),
        }
    }

    fn to_item(&self) -> Item {
        let mut rules = self.rules.clone();
        let default = match rules.pop_if(|last| last.matches.is_empty()) {
            Some(last) => last.path,
            None => String::new(),
        };
        Item {
            pubsubname: self.pubsub.clone(),
            topic: self.topic.clone(),
            route: String::new(),
            routes: Routes { rules, default },
            dead_letter_topic: self.dead_letter_topic.clone().unwrap_or_default(),
            metadata: Some(self.metadata.clone()).filter(|metadata| !metadata.is_empty()),
            bulk: self.bulk.clone(),
        }
    }
}

impl Routes {
    fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.default.is_empty()
    }

    /// One list: the rules, then whichever default is stated. `routes.default` beats `route`.
    pub(super) fn into_rules(self, route: &str) -> Vec<Rule> {
        let default = if self.default.is_empty() { route } else { &self.default };
        let mut rules = self.rules;
        if !default.is_empty() {
            rules.push(Rule { matches: String::new(), path: default.to_owned() });
        }
        rules
    }
}

impl SubscriptionDocument {
    /// The app's answer; an empty document says that it wants nothing.
    pub fn to_http(&self) -> Response<Bytes> {
        let items: Vec<Item> = self.0.iter().map(Subscription::to_item).collect();
        json_response(StatusCode::OK, &items)
    }
}

/// The sidecar's question.
pub fn fetch_request(app_id: &str, app_token: Option<&str>) -> Request<Bytes> {
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = http::Uri::from_static(SUBSCRIBE_PATH);
    for (name, value) in [(APP_ID, Some(app_id)), (API_TOKEN, app_token)] {
        if let Some(Ok(value)) = value.map(HeaderValue::from_str) {
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    request
}

impl Fetched {
    pub fn read(response: &Response<Bytes>) -> Self {
        match response.status() {
            StatusCode::OK if response.body().is_empty() => Self::None,
            StatusCode::OK => match serde_json::from_slice::<Vec<Item>>(response.body()) {
                Ok(items) => Self::Subscriptions(SubscriptionDocument(
                    items.into_iter().map(Subscription::from_item).collect(),
                )),
                Err(error) => Self::Unusable { reason: error.to_string() },
            },
            StatusCode::NOT_FOUND => Self::None,
            other => Self::Unusable { reason: format!("the app answered {}", other.as_u16()) },
        }
    }
}
