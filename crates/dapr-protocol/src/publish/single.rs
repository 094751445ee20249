//! `POST /v1.0/publish/{pubsub}/{topic}`: 204 once the broker has the event.

use bytes::Bytes;
use http::{Method, Request, Response};

use crate::endpoint::{DaprEndpoint, RequestError};
use crate::error_body::Refusal;
use crate::headers::CLOUD_EVENT_JSON;
use crate::metadata::RequestMetadata;
use crate::path;

/// One event for one topic.
///
/// A publish is a single synchronous call to the broker; a retry after a timeout may publish
/// twice, so give the event an id of its own and keep it across retries.
#[derive(Clone, Debug)]
pub struct PublishRequest<'a> {
    pub pubsub: &'a str,
    pub topic: &'a str,
    /// `application/cloudevents+json` keeps the body as the event (Dapr adds no `id` to it);
    /// any other type is wrapped in a CloudEvent of the sidecar's making.
    pub content_type: &'a str,
    pub event: Bytes,
    pub options: PublishOptions,
}

/// What a publish may state besides the event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublishOptions {
    /// Dapr orders by `partitionKey` here alone: a CloudEvent's `partitionkey` attribute is
    /// ignored.
    pub metadata: RequestMetadata,
}

/// How a publish ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublishOutcome {
    Published,
    Refused(Refusal),
}

impl<'a> PublishRequest<'a> {
    /// Publishes a finished CloudEvent.
    pub fn cloud_event(pubsub: &'a str, topic: &'a str, event: Bytes) -> Self {
        let options = PublishOptions::default();
        Self { pubsub, topic, content_type: CLOUD_EVENT_JSON, event, options }
    }

    pub fn to_http(&self, dapr: &DaprEndpoint) -> Result<Request<Bytes>, RequestError> {
        let path = format!(
            "/v1.0/publish/{}/{}{}",
            path::segment(self.pubsub),
            path::topic(self.topic),
            self.options.metadata.to_query()
        );
        dapr.with_body(Method::POST, &path, self.content_type, self.event.clone())
    }
}

impl PublishOutcome {
    pub fn read(response: &Response<Bytes>) -> Self {
        if response.status().is_success() {
            Self::Published
        } else {
            Self::Refused(Refusal::read(response))
        }
    }
}
