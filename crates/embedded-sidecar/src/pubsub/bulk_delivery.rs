//! Several records in one call, for a subscription that asks for it: the same route, policy, dead
//! letter and redelivery as for one record, only that the app says for each what becomes of it.

use std::collections::BTreeMap;

use dapr_protocol::DeliveryAnswer;
use dapr_protocol::delivery::{BulkDelivery, BulkDeliveryEntry};
use dapr_protocol::headers::CLOUD_EVENT_JSON;
use tokio::time::Instant;

use super::delivery::{Delivery, Handled, Settlement, decide};
use super::event::{Event, broker_metadata};
use crate::durable_log::Record;
use crate::flow::{Flow, FlowState, Waited};
use crate::identity::random_uuid;
use crate::metrics::Processed;
use crate::resiliency::{Failure, Passage, RetryDecision};

/// A record with the entry it becomes.
struct Item<'a> {
    record: &'a Record,
    event: Event,
}

/// What is left after a call, and why.
struct Left<'a> {
    items: Vec<Item<'a>>,
    failure: Failure,
    reason: String,
}

impl Delivery {
    /// Brings all of the records to their ends, however long that takes.
    pub(super) async fn settle_together(&self, records: &[Record], flow: &mut Flow) -> Settlement {
        let redelivery = self.subscription.component.redelivery.as_ref();
        let mut series = redelivery.map(|policy| policy.series());
        let first_failure = Instant::now();
        let mut pending: Vec<&Record> = records.iter().collect();
        loop {
            if flow.running_or_stopping().await == FlowState::Stopping {
                return Settlement::Unsettled;
            }
            let (left, reason) = self.handle_together(pending, flow).await;
            pending = left;
            let Some(last) = pending.last() else { return Settlement::Settled };
            // Interrupted in between: the wait for the flow decides how it goes on.
            let Some(reason) = reason else { continue };
            match decide(&mut series, Failure::Transient, first_failure) {
                RetryDecision::After(wait) => {
                    self.warn(last, &reason, "the records come again");
                    flow.sleep(wait).await;
                }
                RetryDecision::GiveUp => {
                    self.warn(last, &reason, "the records are skipped, as their component says");
                    return Settlement::Settled;
                }
            }
        }
    }

    /// One run through routes, policy and dead-letter topic. Returns what is not settled, with a
    /// reason unless the flow was interrupted.
    async fn handle_together<'a>(
        &self,
        records: Vec<&'a Record>,
        flow: &mut Flow,
    ) -> (Vec<&'a Record>, Option<String>) {
        let mut left = Vec::new();
        let mut why = None;
        let mut by_path: BTreeMap<&str, Vec<Item<'a>>> = BTreeMap::new();
        for record in records {
            match self.route(record).await {
                Ok((path, event)) => {
                    by_path.entry(path).or_default().push(Item { record, event });
                }
                Err(Handled::Failed { reason }) => {
                    left.push(record);
                    why = Some(reason);
                }
                Err(Handled::Settled | Handled::Interrupted) => {}
            }
        }
        for (path, items) in by_path {
            let unsettled = self.attempt_together(path, items, flow).await;
            let is_interrupted = !unsettled.is_empty() && flow.state() != FlowState::Running;
            for (record, reason) in unsettled {
                left.push(record);
                why = Some(reason).filter(|_| !is_interrupted);
            }
        }
        (left, why)
    }

    /// Calls the app until it has settled every item or the policy gives up.
    async fn attempt_together<'a>(
        &self,
        path: &str,
        mut items: Vec<Item<'a>>,
        flow: &mut Flow,
    ) -> Vec<(&'a Record, String)> {
        let mut series = self.subscription.component.inbound.retry.as_ref().map(|it| it.series());
        let started = Instant::now();
        loop {
            let Some(left) = self.call_together(path, items).await else { return Vec::new() };
            items = left.items;
            let keep = |items: Vec<Item<'a>>| {
                items.into_iter().map(|item| (item.record, left.reason.clone())).collect()
            };
            // As with a single event: an app that is going away must not use up its attempts.
            if flow.state() != FlowState::Running {
                return keep(items);
            }
            match decide(&mut series, left.failure, started) {
                RetryDecision::GiveUp => return self.fail_all(items, &left.reason).await,
                RetryDecision::After(wait) => {
                    if flow.sleep(wait).await == Waited::Interrupted {
                        return keep(items);
                    }
                }
            }
        }
    }

    async fn fail_all<'a>(&self, items: Vec<Item<'a>>, reason: &str) -> Vec<(&'a Record, String)> {
        let mut unsettled = Vec::new();
        for item in items {
            if let Handled::Failed { reason } = self.fail(item.record, reason.to_owned()).await {
                unsettled.push((item.record, reason));
            }
        }
        unsettled
    }

    /// One call through the circuit breaker; `None` once nothing is left.
    async fn call_together<'a>(&self, path: &str, items: Vec<Item<'a>>) -> Option<Left<'a>> {
        let Some(breaker) = &self.breaker else { return self.exchange(path, items).await };
        let passage = crate::lock(breaker).ask(self.context.clock.now());
        let Passage::Granted { period } = passage else {
            let reason = "circuit breaker is open".to_owned();
            return Some(Left { items, failure: Failure::Refused, reason });
        };
        let left = self.exchange(path, items).await;
        crate::lock(breaker).report(period, left.is_none(), self.context.clock.now());
        left
    }

    async fn exchange<'a>(&self, path: &str, items: Vec<Item<'a>>) -> Option<Left<'a>> {
        let topic = &self.subscription.topic;
        let id = random_uuid();
        let delivery = BulkDelivery {
            path,
            pubsub: &topic.pubsub,
            topic: &topic.topic,
            id: &id,
            entries: items.iter().map(|item| self.entry(item)).collect(),
            app_token: self.context.app_token.as_deref(),
        };
        let request = match delivery.to_http() {
            Ok(request) => request,
            Err(error) => {
                let reason = error.to_string();
                return Some(Left { items, failure: Failure::Transient, reason });
            }
        };
        let answers = match self.ask_the_app(request).await {
            Ok(response) => delivery.read(&response),
            Err(reason) => {
                vec![DeliveryAnswer::Retry { status: None, reason }; items.len()]
            }
        };
        self.settle_by_answers(items, answers).await
    }

    async fn settle_by_answers<'a>(
        &self,
        items: Vec<Item<'a>>,
        answers: Vec<DeliveryAnswer>,
    ) -> Option<Left<'a>> {
        let mut left: Option<Left<'a>> = None;
        for (item, answer) in items.into_iter().zip(answers) {
            let (failure, reason) = match answer {
                DeliveryAnswer::Ack => {
                    self.count(Processed::Success);
                    continue;
                }
                DeliveryAnswer::Drop { reason } => match self.dead_letter(item.record).await {
                    Ok(()) => {
                        self.count(Processed::Drop);
                        tracing::warn!(event = item.event.id(), reason, "event dropped");
                        continue;
                    }
                    Err(reason) => (Failure::Transient, reason),
                },
                DeliveryAnswer::Retry { status, reason } => {
                    self.count(Processed::Retry);
                    (status.map_or(Failure::Transient, Failure::Status), reason)
                }
            };
            left.get_or_insert_with(|| Left { items: Vec::new(), failure, reason })
                .items
                .push(item);
        }
        left
    }

    fn entry(&self, item: &Item<'_>) -> BulkDeliveryEntry {
        let metadata = broker_metadata(item.record, &self.subscription.topic);
        let (event, content_type) = if self.subscription.is_raw {
            let data = item.event.attributes.get("data_base64").cloned().unwrap_or_default();
            (serde_json::value::to_raw_value(&data), "application/octet-stream")
        } else {
            (serde_json::from_slice(&item.event.envelope), CLOUD_EVENT_JSON)
        };
        BulkDeliveryEntry {
            entry_id: random_uuid(),
            // The envelope has been parsed before, so it is JSON.
            event: event.unwrap_or_else(|_| serde_json::value::RawValue::NULL.to_owned()),
            metadata: metadata.into_iter().collect(),
            content_type: content_type.to_owned(),
        }
    }
}
