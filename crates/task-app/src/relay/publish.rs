//! A batch on its way to the sidecar: one bulk request for each topic, and the way down for
//! sidecars that know no bulk.

use std::collections::HashSet;

use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use dapr_protocol::{
    BulkEntry, BulkOutcome, BulkPublishRequest, BulkSupport, DaprEndpoint, FailedEntry,
    PublishOptions, PublishOutcome, PublishRequest, RequestError, RequestMetadata,
};
use task_contracts::envelope::{CloudEvent, MEDIA_TYPE};
use task_contracts::names::Topic;
use task_store::change_set::Topics;
use task_store::relay::OutboxEvent;

use crate::limits::PUBLISH_TIMEOUT;
use crate::{Platform, Settings};

/// After this no further request of a batch begins. One that has begun may take its own timeout,
/// and both together are far below the lease.
const BATCH_MAX: Duration = Duration::seconds(4);

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
    /// Left for a later batch: an event before it was refused, or the time of this one was over.
    Untried,
}

/// How a bulk request ended.
enum Bulk {
    Answered(Vec<PublishResult>),
    /// The sidecar does not know the call.
    Unknown,
    /// It was refused as a whole, which says nothing of any one of its events.
    Refused,
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
        let until = self.platform.now() + BATCH_MAX;
        let mut publications = Vec::new();
        for (topic, name) in TOPICS {
            let entries: Vec<Entry> = batch
                .iter()
                .filter(|event| event.pending.contains(topic))
                .map(|event| Entry::of(event, topic))
                .collect();
            if entries.is_empty() || self.is_over(until) {
                continue;
            }
            let results = self.publish_on(name.as_str(), &entries, until).await;
            publications.extend(entries.iter().zip(results).map(|(entry, result)| Publication {
                position: entry.position,
                topic,
                result,
            }));
        }
        publications
    }

    async fn publish_on(
        &mut self,
        topic: &str,
        entries: &[Entry],
        until: DateTime<Utc>,
    ) -> Vec<PublishResult> {
        while self.support != BulkSupport::Single {
            match self.in_bulk(topic, entries).await {
                Bulk::Answered(results) => return results,
                Bulk::Unknown => self.support = self.support.down(),
                Bulk::Refused => break,
            }
        }
        self.one_by_one(topic, entries, until).await
    }

    async fn in_bulk(&self, topic: &str, entries: &[Entry]) -> Bulk {
        let request = BulkPublishRequest {
            pubsub: &self.settings.pubsub_name,
            topic,
            entries: entries.iter().map(Entry::in_bulk).collect(),
            metadata: RequestMetadata::default(),
        };
        let all = |result: PublishResult| match result {
            PublishResult::Refused(_) if entries.len() > 1 => Bulk::Refused,
            result => Bulk::Answered(vec![result; entries.len()]),
        };
        let request = match request.to_http(&self.dapr, self.support) {
            Ok(Some(request)) => request,
            Ok(None) => return Bulk::Unknown,
            Err(error) => return all(PublishResult::Refused(error.to_string())),
        };
        let response = match self.platform.send(request, PUBLISH_TIMEOUT).await {
            Ok(response) => response,
            Err(error) => return all(PublishResult::Unreachable(error.to_string())),
        };
        match BulkOutcome::read(&response, self.support) {
            BulkOutcome::AllPublished => all(PublishResult::Published),
            BulkOutcome::NotSupported => Bulk::Unknown,
            BulkOutcome::Refused(refusal) => all(verdict_on(&refusal)),
            BulkOutcome::Failed(failed) => Bulk::Answered(in_part(entries, &failed)),
        }
    }

    /// Ends a user's run at its first refusal, because here order can still be kept; and ends the
    /// whole batch where nobody answers, so that a dead sidecar costs one timeout.
    async fn one_by_one(
        &self,
        topic: &str,
        entries: &[Entry],
        until: DateTime<Utc>,
    ) -> Vec<PublishResult> {
        let mut held_back = HashSet::new();
        let mut is_answered = true;
        let mut results = Vec::with_capacity(entries.len());
        for entry in entries {
            let user = entry.partition_key.as_str();
            if !is_answered || held_back.contains(user) || self.is_over(until) {
                results.push(PublishResult::Untried);
                continue;
            }
            let result = self.single(topic, entry).await;
            match &result {
                PublishResult::Refused(_) => drop(held_back.insert(user)),
                PublishResult::Unreachable(_) => is_answered = false,
                PublishResult::Published | PublishResult::Untried => {}
            }
            results.push(result);
        }
        results
    }

    fn is_over(&self, until: DateTime<Utc>) -> bool {
        self.platform.now() >= until
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

/// Some went through, so the broker lives, and what it left out it did not want.
fn in_part(entries: &[Entry], failed: &[FailedEntry]) -> Vec<PublishResult> {
    let some_published = failed.len() < entries.len();
    let result = |entry: &Entry| {
        let failure = failed.iter().find(|failed| failed.entry_id == entry.id);
        match failure {
            None => PublishResult::Published,
            Some(failure) if some_published => PublishResult::Refused(failure.error.clone()),
            Some(failure) => PublishResult::Unreachable(failure.error.clone()),
        }
    };
    entries.iter().map(result).collect()
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
    /// The event's own, so it is unique in a batch, whoever else is in it.
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
