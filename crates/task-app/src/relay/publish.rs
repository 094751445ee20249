//! A batch on its way to the sidecar: one bulk request for each topic, and the way down for
//! sidecars that know no bulk.

use bytes::Bytes;
use dapr_protocol::{
    BulkEntry, BulkOutcome, BulkPublishRequest, BulkSupport, DaprEndpoint, PublishOptions,
    PublishOutcome, PublishRequest, RequestError, RequestMetadata,
};
use task_contracts::envelope::{CloudEvent, MEDIA_TYPE};
use task_contracts::names::Topic;
use task_store::change_set::Topics;
use task_store::relay::OutboxEvent;

use crate::limits::PUBLISH_TIMEOUT;
use crate::{Platform, Settings};

const TOPICS: [(Topics, Topic); 3] = [
    (Topics::TASK_EVENTS, Topic::TaskEvents),
    (Topics::TASK_UPDATES, Topic::TaskUpdates),
    (Topics::REMINDERS, Topic::Reminders),
];

/// What became of one event on one topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Publication {
    pub(super) position: i64,
    pub(super) topic: Topics,
    pub(super) result: PublishResult,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PublishResult {
    Published,
    /// The broker took others at the same time, or said that this one is not acceptable.
    Refused(String),
    /// Nobody can tell whether it is this event: nothing went through.
    Unreachable(String),
}

pub(super) struct Publisher<'p, P> {
    platform: &'p P,
    settings: &'p Settings,
    dapr: DaprEndpoint,
    /// What this sidecar was found to understand; known only for the life of this instance.
    support: BulkSupport,
}

impl<'p, P: Platform> Publisher<'p, P> {
    pub(super) fn new(platform: &'p P, settings: &'p Settings) -> Result<Self, RequestError> {
        let dapr = DaprEndpoint::new(&settings.dapr_url, settings.dapr_api_token.as_deref())?;
        Ok(Publisher { platform, settings, dapr, support: BulkSupport::default() })
    }

    pub(super) async fn publish(&mut self, batch: &[OutboxEvent]) -> Vec<Publication> {
        let mut publications = Vec::new();
        for (topic, name) in TOPICS {
            let entries: Vec<Entry> = batch
                .iter()
                .filter(|event| event.pending.contains(topic))
                .map(|event| Entry::of(event, topic))
                .collect();
            if !entries.is_empty() {
                publications.extend(self.publish_on(topic, name.as_str(), entries).await);
            }
        }
        publications
    }

    async fn publish_on(
        &mut self,
        topic: Topics,
        name: &str,
        entries: Vec<Entry>,
    ) -> Vec<Publication> {
        let results = loop {
            if self.support == BulkSupport::Single {
                break self.one_by_one(name, &entries).await;
            }
            match self.in_bulk(name, &entries).await {
                Some(results) => break results,
                None => self.support = self.support.down(),
            }
        };
        let publication = |(entry, result): (Entry, PublishResult)| Publication {
            position: entry.position,
            topic,
            result,
        };
        entries.into_iter().zip(results).map(publication).collect()
    }

    /// `None`: this sidecar does not know the call.
    async fn in_bulk(&self, topic: &str, entries: &[Entry]) -> Option<Vec<PublishResult>> {
        let request = BulkPublishRequest {
            pubsub: &self.settings.pubsub_name,
            topic,
            entries: entries.iter().map(Entry::in_bulk).collect(),
            metadata: RequestMetadata::default(),
        };
        let all = |result: PublishResult| Some(vec![result; entries.len()]);
        let request = match request.to_http(&self.dapr, self.support) {
            Ok(request) => request?,
            Err(error) => return all(PublishResult::Refused(error.to_string())),
        };
        let response = match self.platform.send(request, PUBLISH_TIMEOUT).await {
            Ok(response) => response,
            Err(error) => return all(PublishResult::Unreachable(error.to_string())),
        };
        match BulkOutcome::read(&response, self.support) {
            BulkOutcome::AllPublished => all(PublishResult::Published),
            BulkOutcome::NotSupported => None,
            BulkOutcome::Refused(refusal) => all(verdict_on(&refusal)),
            BulkOutcome::Failed(failed) => {
                // Some went through, so the broker lives, and what it left out it did not want.
                let some_published = failed.len() < entries.len();
                let result = |entry: &Entry| {
                    let failure = failed.iter().find(|failed| failed.entry_id == entry.id);
                    match failure {
                        None => PublishResult::Published,
                        Some(failure) if some_published => {
                            PublishResult::Refused(failure.error.clone())
                        }
                        Some(failure) => PublishResult::Unreachable(failure.error.clone()),
                    }
                };
                Some(entries.iter().map(result).collect())
            }
        }
    }

    async fn one_by_one(&self, topic: &str, entries: &[Entry]) -> Vec<PublishResult> {
        let mut results = Vec::with_capacity(entries.len());
        for entry in entries {
            results.push(self.single(topic, entry).await);
        }
        results
    }

    async fn single(&self, topic: &str, entry: &Entry) -> PublishResult {
        let request = PublishRequest {
            pubsub: &self.settings.pubsub_name,
            topic,
            content_type: MEDIA_TYPE,
            event: Bytes::from(entry.event.clone()),
            options: PublishOptions { metadata: entry.metadata() },
        };
        let request = match request.to_http(&self.dapr) {
            Ok(request) => request,
            Err(error) => return PublishResult::Refused(error.to_string()),
        };
        match self.platform.send(request, PUBLISH_TIMEOUT).await {
            Err(error) => PublishResult::Unreachable(error.to_string()),
            Ok(response) => match PublishOutcome::read(&response) {
                PublishOutcome::Published => PublishResult::Published,
                PublishOutcome::Refused(refusal) => verdict_on(&refusal),
            },
        }
    }
}

/// A missing component or a wrong token is the deployment's fault, and so is a broker that fails:
/// none of it says anything about the event. Only 400 and 413 do.
fn verdict_on(refusal: &dapr_protocol::Refusal) -> PublishResult {
    let cause = format!("{} {}: {}", refusal.status, refusal.code, refusal.message);
    match refusal.status {
        400 | 413 => PublishResult::Refused(cause),
        _ => PublishResult::Unreachable(cause),
    }
}

/// An event in the form its topic gets it.
struct Entry {
    position: i64,
    /// Unique in a batch, because a batch holds one event of each user.
    id: String,
    partition_key: String,
    event: String,
}

impl Entry {
    fn of(event: &OutboxEvent, topic: Topics) -> Self {
        let published = match CloudEvent::parse(event.body.as_bytes()) {
            Ok(mut stored) => {
                stored.assign(event.number.0, event.seq);
                let copy = (topic == Topics::TASK_UPDATES).then(|| stored.sync_copy()).flatten();
                copy.unwrap_or(stored).to_json()
            }
            // A release that cannot read it hands it on as it stands.
            Err(error) => {
                tracing::error!(event_id = %event.id, %error, "a stored event cannot be read");
                event.body.clone()
            }
        };
        Entry {
            position: event.position,
            id: event.id.to_string(),
            partition_key: event.user.to_string(),
            event: published,
        }
    }

    /// The broker keeps the order of what has the same key. The CloudEvent attribute of that name
    /// is not looked at.
    fn metadata(&self) -> RequestMetadata {
        RequestMetadata::default().with_partition_key(&self.partition_key)
    }

    fn in_bulk(&self) -> BulkEntry {
        BulkEntry {
            entry_id: self.id.clone(),
            event_json: self.event.clone(),
            content_type: MEDIA_TYPE.to_owned(),
            metadata: self.metadata(),
        }
    }
}
