//! One record's way to the app: route, attempts under the policy, dead letter, redelivery.
//!
//! Owns what happens to a record until it is settled. It must not know offsets.

use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use dapr_protocol::DeliveryAnswer;
use dapr_protocol::delivery::DeliveryRequest;
use http::{Request, Response};
use tokio::time::Instant;

use super::consumer::ConsumerContext;
use super::event::{Event, broker_metadata};
use super::routes::Match;
use super::subscriptions::ActiveSubscription;
use crate::durable_log::{NewRecord, Record, TopicName};
use crate::flow::{Flow, FlowState, Waited};
use crate::identity::random_uuid;
use crate::metrics::Processed;
use crate::resiliency::{CircuitBreaker, Failure, Passage, RetryDecision, RetrySeries};

/// How a record's delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settlement {
    /// The consumer is done with it: delivered, dropped or dead-lettered.
    Settled,
    /// The sidecar stops; the record comes again after the next start.
    Unsettled,
}

/// How one run through route, policy and dead-letter topic ended.
pub(super) enum Handled {
    Settled,
    /// Nobody took it: the broker's own redelivery decides.
    Failed {
        reason: String,
    },
    /// The flow stopped or paused in between.
    Interrupted,
}

/// How one attempt ended, in the policy's terms.
enum Attempt {
    Settled,
    Failed { failure: Failure, reason: String },
}

/// Delivers the records of one subscription. Shared by its partitions.
pub(super) struct Delivery {
    pub(super) subscription: ActiveSubscription,
    pub(super) context: ConsumerContext,
    pub(super) breaker: Option<Mutex<CircuitBreaker>>,
}

impl Delivery {
    /// Brings one record to its end, however long that takes.
    pub(super) async fn settle(&self, record: &Record, flow: &mut Flow) -> Settlement {
        let redelivery = self.subscription.component.redelivery.as_ref();
        let mut series = redelivery.map(|policy| policy.series());
        let first_failure = Instant::now();
        loop {
            if flow.running_or_stopping().await == FlowState::Stopping {
                return Settlement::Unsettled;
            }
            let reason = match self.handle(record, flow).await {
                Handled::Settled => return Settlement::Settled,
                Handled::Interrupted => continue,
                Handled::Failed { reason } => reason,
            };
            match decide(&mut series, Failure::Transient, first_failure) {
                RetryDecision::After(wait) => {
                    self.warn(record, &reason, "the record comes again");
                    flow.sleep(wait).await;
                }
                RetryDecision::GiveUp => {
                    self.warn(record, &reason, "the record is skipped, as its component says");
                    return Settlement::Settled;
                }
            }
        }
    }

    async fn handle(&self, record: &Record, flow: &mut Flow) -> Handled {
        match self.route(record).await {
            Ok((path, event)) => self.attempt_under_policy(record, &event, path, flow).await,
            Err(handled) => handled,
        }
    }

    /// Where a record goes, and as which event; else what became of it on the way.
    pub(super) async fn route(&self, record: &Record) -> Result<(&str, Event), Handled> {
        let topic = &self.subscription.topic;
        let event = if self.subscription.is_raw {
            Event::raw(record, topic, &random_uuid())
        } else {
            Event::structured(record)
        };
        let event = match event {
            Ok(event) => event,
            Err(error) => return Err(self.fail(record, error.to_string()).await),
        };
        if event.has_expired(self.context.clock.now()) {
            return Err(self.discard(record, "the event has expired").await);
        }
        match self.subscription.routes.find(&event.attributes) {
            Ok(Match::Path(path)) => Ok((path, event)),
            Ok(Match::Nowhere) => Err(self.discard(record, "no route matches the event").await),
            Err(error) => Err(self.fail(record, error.to_string()).await),
        }
    }

    /// Calls the app until it settles the event or the policy gives up.
    async fn attempt_under_policy(
        &self,
        record: &Record,
        event: &Event,
        path: &str,
        flow: &mut Flow,
    ) -> Handled {
        let mut series = self.subscription.component.inbound.retry.as_ref().map(|it| it.series());
        let started = Instant::now();
        loop {
            let (failure, reason) = match self.attempt(record, event, path).await {
                Attempt::Settled => return Handled::Settled,
                Attempt::Failed { failure, reason } => (failure, reason),
            };
            // An app that is going away fails whatever it is handed. That must not use up the
            // attempts of the event, nor make a dead letter of it.
            if flow.state() != FlowState::Running {
                return Handled::Interrupted;
            }
            match decide(&mut series, failure, started) {
                RetryDecision::GiveUp => return self.fail(record, reason).await,
                RetryDecision::After(wait) => {
                    self.warn(record, &reason, "the delivery is tried again");
                    if flow.sleep(wait).await == Waited::Interrupted {
                        return Handled::Interrupted;
                    }
                }
            }
        }
    }

    /// One call through the circuit breaker.
    async fn attempt(&self, record: &Record, event: &Event, path: &str) -> Attempt {
        let Some(breaker) = &self.breaker else { return self.call(record, event, path).await };
        let passage = crate::lock(breaker).ask(self.context.clock.now());
        let Passage::Granted { period } = passage else {
            let reason = "circuit breaker is open".to_owned();
            return Attempt::Failed { failure: Failure::Refused, reason };
        };
        let attempt = self.call(record, event, path).await;
        let succeeded = matches!(attempt, Attempt::Settled);
        crate::lock(breaker).report(period, succeeded, self.context.clock.now());
        attempt
    }

    async fn call(&self, record: &Record, event: &Event, path: &str) -> Attempt {
        let transient = |reason| Attempt::Failed { failure: Failure::Transient, reason };
        let request = DeliveryRequest {
            path,
            pubsub: &self.subscription.topic.pubsub,
            envelope: event.envelope.clone(),
            metadata: &broker_metadata(record, &self.subscription.topic),
            traceparent: event.traceparent(),
            tracestate: event.tracestate(),
            app_token: self.context.app_token.as_deref(),
        };
        let request = match request.to_http() {
            Ok(request) => request,
            Err(error) => return transient(error.to_string()),
        };
        let answer = match self.ask_the_app(request).await {
            Ok(response) => DeliveryAnswer::read(&response),
            Err(reason) => DeliveryAnswer::Retry { status: None, reason },
        };
        match answer {
            DeliveryAnswer::Ack => {
                self.count(Processed::Success);
                Attempt::Settled
            }
            DeliveryAnswer::Drop { reason } => match self.dead_letter(record).await {
                Ok(()) => {
                    self.count(Processed::Drop);
                    tracing::warn!(event = event.id(), reason, "event dropped");
                    Attempt::Settled
                }
                Err(reason) => transient(reason),
            },
            DeliveryAnswer::Retry { status, reason } => {
                self.count(Processed::Retry);
                let failure = status.map_or(Failure::Transient, Failure::Status);
                Attempt::Failed { failure, reason }
            }
        }
    }

    /// One exchange with the app, within the time the policy gives it.
    pub(super) async fn ask_the_app(
        &self,
        request: Request<Bytes>,
    ) -> Result<Response<Bytes>, String> {
        let call = self.context.app.call(request);
        let answered = match self.subscription.component.inbound.timeout {
            None => Ok(call.await),
            Some(timeout) => tokio::time::timeout(timeout, call).await,
        };
        match answered {
            Ok(answer) => answer.map_err(|error| error.to_string()),
            Err(_) => Err("timed out".to_owned()),
        }
    }

    /// An event that was tried and failed: the dead-letter topic takes it, or nobody does.
    pub(super) async fn fail(&self, record: &Record, reason: String) -> Handled {
        if self.subscription.dead_letter_topic.is_none() {
            return Handled::Failed { reason };
        }
        match self.dead_letter(record).await {
            Ok(()) => {
                self.count(Processed::Drop);
                self.warn(record, &reason, "the record went to the dead-letter topic");
                Handled::Settled
            }
            Err(reason) => Handled::Failed { reason },
        }
    }

    /// An event nobody wants: gone, with a copy on the dead-letter topic where there is one.
    pub(super) async fn discard(&self, record: &Record, reason: &str) -> Handled {
        self.count(Processed::Drop);
        if let Err(error) = self.dead_letter(record).await {
            self.warn(record, &error, "the dropped record left no dead letter");
        }
        tracing::debug!(topic = self.subscription.topic.topic, reason, "event dropped");
        Handled::Settled
    }

    /// Appends the record's original bytes to the dead-letter topic, if there is one.
    pub(super) async fn dead_letter(&self, record: &Record) -> Result<(), String> {
        let Some(topic) = &self.subscription.dead_letter_topic else { return Ok(()) };
        if !self.subscription.component.access.may_publish(topic) {
            return Err(format!("publishing to dead-letter topic {topic} is not allowed"));
        }
        let copy = NewRecord {
            key: record.key.clone(),
            payload: record.payload.clone(),
            metadata: record.metadata.clone(),
            published_at_ms: self.context.clock.now().timestamp_millis(),
        };
        let topic = TopicName::new(&self.subscription.topic.pubsub, topic);
        self.context.log.append(topic, vec![copy]).await.map_err(|error| error.to_string())
    }

    pub(super) fn count(&self, processed: Processed) {
        let TopicName { pubsub, topic } = &self.subscription.topic;
        self.context.metrics.delivered(pubsub, topic, processed);
    }

    pub(super) fn warn(&self, record: &Record, reason: &str, outcome: &str) {
        tracing::warn!(
            topic = self.subscription.topic.topic,
            partition = record.partition,
            offset = record.offset,
            reason,
            "{outcome}"
        );
    }
}

/// How a series goes on; without a policy there is none.
pub(super) fn decide(
    series: &mut Option<RetrySeries<'_>>,
    failure: Failure,
    since: Instant,
) -> RetryDecision {
    match series {
        Some(series) => series.next(failure, since.elapsed(), rand::random()),
        None => RetryDecision::GiveUp,
    }
}

/// How long a partition waits after the log itself could not be read.
pub(super) const READ_RETRY_INTERVAL: Duration = Duration::from_secs(1);
