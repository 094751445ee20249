//! What one connection publishes: events of the size that tasks make, alone or many in one request,
//! in the requests that the app's relay would send.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use dapr_protocol::publish::{
    BulkEntry, BulkPublishRequest, BulkSupport, PublishOptions, PublishRequest,
};
use dapr_protocol::{DaprEndpoint, RequestMetadata};
use http::header;
use serde_json::json;
use task_contracts::envelope::MEDIA_TYPE;
use task_contracts::names::DEFAULT_PUBSUB;

use crate::client::{Ask, Client};
use crate::measure::Asking;

/// As many as the relay takes at once.
pub(super) const BULK: usize = 100;
/// So long is an event whose task has a description of a few lines.
pub(super) const EVENT_BYTES: usize = 1_024;
/// A topic that nobody has written to comes into being with the first attempts.
const ATTEMPTS: usize = 20;
const REST: Duration = Duration::from_millis(500);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A request for each event.
    Plain,
    Bulk,
}

/// One connection's.
pub(super) struct Events {
    endpoint: DaprEndpoint,
    topic: String,
    form: Form,
    /// Also the key that keeps its events in order.
    name: String,
    made: usize,
    pub(super) acknowledged: usize,
}

impl Form {
    pub(super) fn events(self) -> usize {
        match self {
            Form::Plain => 1,
            Form::Bulk => BULK,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Form::Plain => "plain",
            Form::Bulk => "bulk",
        }
    }
}

impl Events {
    pub(super) fn of(name: &str, form: Form, sidecar: &str, topic: &str) -> Result<Self> {
        Ok(Events {
            endpoint: DaprEndpoint::new(sidecar, None)?,
            topic: topic.to_owned(),
            form,
            name: name.to_owned(),
            made: 0,
            acknowledged: 0,
        })
    }

    /// Publishes until the topic takes it.
    pub(super) async fn begin(&mut self, client: &mut Client) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let (status, body) = client.exchange(self.ask()?).await?;
            if status.is_success() {
                return Ok(());
            }
            println!("{} answers {status}: {}", self.topic, String::from_utf8_lossy(&body));
            tokio::time::sleep(REST).await;
        }
        bail!("{} takes no event", self.topic)
    }

    fn ask(&mut self) -> Result<Ask> {
        let metadata = RequestMetadata::default().with_partition_key(&self.name);
        let request = match self.form {
            Form::Plain => {
                let (_, event) = self.event();
                PublishRequest {
                    options: PublishOptions { metadata },
                    ..PublishRequest::cloud_event(DEFAULT_PUBSUB, &self.topic, Bytes::from(event))
                }
                .to_http(&self.endpoint)?
            }
            Form::Bulk => {
                let entries = (0..BULK).map(|_| {
                    let (entry_id, event_json) = self.event();
                    let (content_type, metadata) = (MEDIA_TYPE.to_owned(), metadata.clone());
                    BulkEntry { entry_id, event_json, content_type, metadata }
                });
                let entries = entries.collect();
                let metadata = RequestMetadata::default();
                let (pubsub, topic) = (DEFAULT_PUBSUB, self.topic.as_str());
                let bulk = BulkPublishRequest { pubsub, topic, entries, metadata };
                bulk.to_http(&self.endpoint, BulkSupport::Stable)?.context("no bulk call")?
            }
        };
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().context("a request without a path")?;
        let content_type = parts.headers.get(header::CONTENT_TYPE).context("no content type")?;
        let content_type = content_type.clone();
        Ok(Ask { content_type, ..Ask::post(path.as_str(), body) })
    }

    /// A new one, with its id.
    fn event(&mut self) -> (String, String) {
        let id = format!("{}-{}", self.name, self.made);
        self.made += 1;
        let event = |description: &str| {
            json!({
                "specversion": "1.0", "id": id, "source": "taskmaster/bench",
                "type": "task.created", "subject": format!("users/{}", self.name),
                "time": "2027-01-31T09:00:00Z", "datacontenttype": "application/json",
                "data": {
                    "event_type": "task.created", "event_id": id, "schema_version": "1.0",
                    "user_id": self.name, "sequence": self.made, "description": description,
                },
            })
            .to_string()
        };
        let missing = EVENT_BYTES.saturating_sub(event("").len());
        let whole = event(&"x".repeat(missing));
        (id, whole)
    }
}

impl Asking for Events {
    fn next(&mut self) -> Ask {
        // The parts are this module's own.
        self.ask().unwrap_or_else(|error| panic!("an event cannot be sent: {error:#}"))
    }

    fn answered(&mut self, _body: &Bytes) {
        self.acknowledged += self.form.events();
    }
}
