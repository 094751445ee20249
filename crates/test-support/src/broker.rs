//! Publishing through a sidecar's HTTP API, as any other program of the deployment could.

use bytes::Bytes;
use dapr_protocol::{DaprEndpoint, PublishOptions, PublishRequest, RequestMetadata};
use serde_json::Value;
use task_contracts::names::DEFAULT_PUBSUB;
use ureq::Agent;

/// A sidecar to publish through.
#[derive(Clone, Debug)]
pub struct Broker {
    url: String,
}

impl Broker {
    pub fn at(url: String) -> Self {
        Broker { url }
    }

    /// Publishes a CloudEvent under the key that keeps its place among its user's events.
    #[track_caller]
    pub fn publish(&self, topic: &str, event: &Value, partition_key: &str) {
        let metadata = RequestMetadata::default().with_partition_key(partition_key);
        let event = Bytes::from(event.to_string());
        let request = PublishRequest {
            options: PublishOptions { metadata },
            ..PublishRequest::cloud_event(DEFAULT_PUBSUB, topic, event)
        };
        let endpoint = DaprEndpoint::new(&self.url, None);
        let endpoint = endpoint.unwrap_or_else(|error| panic!("{}: {error}", self.url));
        let request = request.to_http(&endpoint).unwrap_or_else(|error| panic!("{error}"));
        let answered = Agent::new_with_defaults().run(request.map(|body| body.to_vec()));
        answered.unwrap_or_else(|error| panic!("the sidecar did not take the event: {error}"));
    }
}
