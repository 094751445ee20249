//! Events on their way to the sidecar, in bulk. It must not know where they come from.

use anyhow::{Context, Result, bail};
use axum::body::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::header::CONTENT_TYPE;
use hyper::{Method, Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use serde_json::value::RawValue;

/// The component that the app publishes to.
const PUBSUB: &str = "kafka-pubsub";
const CLOUD_EVENT: &str = "application/cloudevents+json";

pub(crate) struct Publisher {
    client: Client<HttpConnector, Full<Bytes>>,
    dapr_url: String,
}

/// One event of a bulk, as the sidecar reads it.
#[derive(Serialize)]
pub(crate) struct Entry {
    #[serde(rename = "entryId")]
    id: String,
    event: Box<RawValue>,
    #[serde(rename = "contentType")]
    content_type: &'static str,
    metadata: Metadata,
}

#[derive(Serialize)]
struct Metadata {
    #[serde(rename = "partitionKey")]
    partition_key: String,
}

impl Entry {
    /// `id` is unique in its bulk; events with one key keep their order.
    pub(crate) fn new(id: i64, key: String, event: String) -> Result<Self> {
        let event = RawValue::from_string(event).context("the event is not JSON")?;
        let metadata = Metadata { partition_key: key };
        Ok(Entry { id: id.to_string(), event, content_type: CLOUD_EVENT, metadata })
    }
}

impl Publisher {
    pub(crate) fn to(dapr_url: String) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Publisher { client, dapr_url }
    }

    /// All of them are in the broker when this returns.
    pub(crate) async fn publish(&self, topic: &str, entries: &[Entry]) -> Result<()> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}/v1.0/publish/bulk/{PUBSUB}/{topic}", self.dapr_url))
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(serde_json::to_vec(entries)?))
            .context("the sidecar has no address")?;
        let answer = self.client.request(request).await.context("no answer from the sidecar")?;
        let status = answer.status();
        let body = answer.into_body().collect().await.context("the answer broke off")?;
        if status != StatusCode::NO_CONTENT {
            bail!("the sidecar answered {status}: {}", String::from_utf8_lossy(&body.to_bytes()));
        }
        Ok(())
    }
}
