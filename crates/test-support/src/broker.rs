//! Publishing through a sidecar's HTTP API, as any other program of the deployment could.

use bytes::Bytes;
use dapr_protocol::{DaprEndpoint, PublishOptions, PublishRequest, RequestMetadata};
use serde_json::Value;
use task_contracts::names::DEFAULT_PUBSUB;
use ureq::Agent;

use crate::client::Unanswered;

/// Since Dapr 1.18, and before it.
const JOBS: [&str; 2] = ["/v1.0/jobs", "/v1.0-alpha1/jobs"];
/// What Dapr answers once the broker has the event.
const PUBLISHED: u16 = 204;

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
        let status = self.try_publish(topic, event, partition_key);
        assert_eq!(status, PUBLISHED, "the sidecar did not take {event}");
    }

    /// A scheduled job as the sidecar shows it, whatever its release; `None` when there is none of
    /// this name.
    #[track_caller]
    pub fn job(&self, name: &str) -> Option<Value> {
        let agent = Agent::config_builder().http_status_as_error(false).build().new_agent();
        JOBS.into_iter().find_map(|jobs| {
            let answered = agent.get(format!("{}{jobs}/{name}", self.url)).call();
            let mut answered = answered.unwrap_or_else(|error| panic!("{}: {error}", self.url));
            let body = answered.body_mut().read_json();
            answered.status().is_success().then(|| body.unwrap_or_else(|error| panic!("{error}")))
        })
    }

    /// The status that the sidecar answers with.
    #[track_caller]
    pub fn try_publish(&self, topic: &str, event: &Value, partition_key: &str) -> u16 {
        let offered = self.offer(topic, event, partition_key);
        offered.unwrap_or_else(|Unanswered(error)| panic!("{}: {error}", self.url))
    }

    /// The status that the sidecar answers with, of one that may be dying.
    #[track_caller]
    pub fn offer(
        &self,
        topic: &str,
        event: &Value,
        partition_key: &str,
    ) -> Result<u16, Unanswered> {
        let metadata = RequestMetadata::default().with_partition_key(partition_key);
        let event = Bytes::from(event.to_string());
        let request = PublishRequest {
            options: PublishOptions { metadata },
            ..PublishRequest::cloud_event(DEFAULT_PUBSUB, topic, event)
        };
        let endpoint = DaprEndpoint::new(&self.url, None);
        let endpoint = endpoint.unwrap_or_else(|error| panic!("{}: {error}", self.url));
        let request = request.to_http(&endpoint).unwrap_or_else(|error| panic!("{error}"));
        let agent = Agent::config_builder().http_status_as_error(false).build().new_agent();
        let answered = agent.run(request.map(|body| body.to_vec()));
        answered
            .map(|answer| answer.status().as_u16())
            .map_err(|error| Unanswered(error.to_string()))
    }
}
