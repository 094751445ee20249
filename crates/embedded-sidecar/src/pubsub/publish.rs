//! Publishing: checks, the CloudEvent around the payload, and the append. An answer of success
//! means that the event is on disk.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use dapr_protocol::RequestMetadata;
use dapr_protocol::cloud_event::{ContentKind, EnvelopeContext, wrap};
use dapr_protocol::headers::{TRACEPARENT, TRACESTATE};
use dapr_protocol::metadata::{TTL, TTL_IN_SECONDS};
use dapr_protocol::publish::{BulkBody, IncomingEntry, PublishRefusal, RefusalReason};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::value::RawValue;

use super::PubsubComponent;
use crate::clock::Clock;
use crate::durable_log::{DurableLog, NewRecord, TopicName};
use crate::go_duration;
use crate::identity::random_uuid;
use crate::metrics::Metrics;

pub(crate) struct Publisher {
    pub(crate) app_id: String,
    pub(crate) components: BTreeMap<String, Arc<PubsubComponent>>,
    pub(crate) log: DurableLog,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) max_body_bytes: usize,
}

/// A publish call as the API took it in.
pub(crate) struct PublishCall<'a> {
    pub(crate) pubsub: &'a str,
    pub(crate) topic: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
}

const TOO_LARGE: &str = "stream too large";

impl Publisher {
    pub(crate) async fn publish(&self, call: &PublishCall<'_>) -> Result<(), PublishRefusal> {
        self.check_address(call)?;
        if call.body.len() > self.max_body_bytes {
            return Err(self.refusal(call, RefusalReason::Broker { error: TOO_LARGE.to_owned() }));
        }
        let metadata = RequestMetadata::from_query(call.query);
        let is_raw = self.is_raw(call, &metadata)?;
        let content_type = header(call.headers, CONTENT_TYPE.as_str());
        let payload = call.body.clone();
        let record = self.record(call, is_raw, content_type, payload, &metadata)?;
        self.append(call, vec![record]).await
    }

    pub(crate) async fn publish_bulk(&self, call: &PublishCall<'_>) -> Result<(), PublishRefusal> {
        self.check_address(call)?;
        let metadata = RequestMetadata::from_query(call.query);
        let is_raw = self.is_raw(call, &metadata)?;
        let unreadable = |error: String| self.refusal(call, RefusalReason::BulkBody { error });
        if call.body.len() > self.max_body_bytes {
            return Err(unreadable(TOO_LARGE.to_owned()));
        }
        let BulkBody(entries) =
            serde_json::from_slice(call.body).map_err(|error| unreadable(error.to_string()))?;
        let mut seen = HashSet::new();
        let mut records = Vec::with_capacity(entries.len());
        for entry in &entries {
            if entry.entry_id.is_empty() || !seen.insert(entry.entry_id.as_str()) {
                return Err(self.refusal(call, RefusalReason::BulkEntryId));
            }
            records.push(self.entry_record(call, is_raw, entry, &metadata)?);
        }
        self.append(call, records).await
    }

    fn check_address(&self, call: &PublishCall<'_>) -> Result<(), PublishRefusal> {
        let refuse = |reason| Err(self.refusal(call, reason));
        let Some(component) = self.components.get(call.pubsub) else {
            return refuse(RefusalReason::PubsubNotFound);
        };
        if !component.access.may_publish(call.topic) {
            return refuse(RefusalReason::Forbidden);
        }
        Ok(())
    }

    fn is_raw(
        &self,
        call: &PublishCall<'_>,
        metadata: &RequestMetadata,
    ) -> Result<bool, PublishRefusal> {
        metadata.is_raw_payload().map_err(|error| {
            self.refusal(
                call,
                RefusalReason::Metadata {
                    error: error.to_string(),
                    metadata: Box::new(metadata.iter().collect()),
                },
            )
        })
    }

    fn entry_record(
        &self,
        call: &PublishCall<'_>,
        is_raw: bool,
        entry: &IncomingEntry,
        request_metadata: &RequestMetadata,
    ) -> Result<NewRecord, PublishRefusal> {
        let event = entry.event.as_deref().unwrap_or(RawValue::NULL);
        let payload = ContentKind::entry_payload(&entry.content_type, event).map_err(|error| {
            self.refusal(call, RefusalReason::BulkEvent { error: error.to_string() })
        })?;
        // The request's metadata reaches only entries that have some of their own.
        let metadata = match &entry.metadata {
            Some(own) => request_metadata.overridden_by(own),
            None => RequestMetadata::default(),
        };
        self.record(call, is_raw, Some(&entry.content_type), payload, &metadata)
    }

    fn record(
        &self,
        call: &PublishCall<'_>,
        is_raw: bool,
        content_type: Option<&str>,
        payload: Bytes,
        metadata: &RequestMetadata,
    ) -> Result<NewRecord, PublishRefusal> {
        let now = self.clock.now();
        let payload = if is_raw {
            payload
        } else {
            let expiration = time_to_live(metadata).and_then(|ttl| expiration(now, ttl));
            let context = EnvelopeContext {
                id: &random_uuid(),
                app_id: &self.app_id,
                pubsub: call.pubsub,
                topic: call.topic,
                time: &rfc3339(now),
                expiration: expiration.as_deref(),
                traceparent: header(call.headers, TRACEPARENT).unwrap_or_default(),
                tracestate: header(call.headers, TRACESTATE).unwrap_or_default(),
            };
            wrap(&context, content_type, &payload, metadata).map_err(|error| {
                self.refusal(call, RefusalReason::CloudEvent { error: error.to_string() })
            })?
        };
        Ok(NewRecord {
            key: metadata.partition_key().map(str::to_owned),
            payload,
            metadata: metadata.iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
            published_at_ms: now.timestamp_millis(),
        })
    }

    async fn append(
        &self,
        call: &PublishCall<'_>,
        records: Vec<NewRecord>,
    ) -> Result<(), PublishRefusal> {
        let count = records.len();
        let topic = TopicName::new(call.pubsub, call.topic);
        let outcome = self.log.append(topic, records).await;
        self.metrics.published(call.pubsub, call.topic, outcome.is_ok(), count);
        outcome
            .map_err(|error| self.refusal(call, RefusalReason::Broker { error: error.to_string() }))
    }

    fn refusal(&self, call: &PublishCall<'_>, reason: RefusalReason) -> PublishRefusal {
        PublishRefusal {
            app_id: self.app_id.clone(),
            pubsub: call.pubsub.to_owned(),
            topic: call.topic.to_owned(),
            reason,
        }
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A time to live that does not parse, or is not positive, is none.
fn time_to_live(metadata: &RequestMetadata) -> Option<Duration> {
    let seconds = metadata.get_ignoring_case(TTL_IN_SECONDS).map(|text| text.parse::<u64>());
    let ttl = match seconds {
        Some(seconds) => Duration::from_secs(seconds.ok()?),
        None => go_duration::parse(metadata.get_ignoring_case(TTL)?)?,
    };
    (!ttl.is_zero()).then_some(ttl)
}

fn expiration(now: DateTime<Utc>, ttl: Duration) -> Option<String> {
    now.checked_add_signed(TimeDelta::from_std(ttl).ok()?).map(rfc3339)
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
