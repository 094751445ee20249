//! Consuming a subscription: per partition one record at a time, in order; partitions in parallel.
//!
//! Owns positions and acknowledgements. It must not know what becomes of a record on its way.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

use super::delivery::{Delivery, READ_RETRY_INTERVAL, Settlement};
use super::subscriptions::ActiveSubscription;
use crate::app_channel::AppCalls;
use crate::clock::Clock;
use crate::durable_log::{DurableLog, LogError, PARTITIONS, Record, Topic};
use crate::flow::{Flow, FlowState, Waited};
use crate::metrics::Metrics;
use crate::resiliency::CircuitBreaker;
use crate::tasks::Tasks;

/// Records read at a time per partition: enough that reading costs little per record, few enough
/// that sixteen partitions of large events stay small.
const FETCH_RECORDS: usize = 64;

/// Records in one call to an app that wants several at a time, where it does not say how many.
const BULK_RECORDS: usize = 100;

/// What consumers work with.
#[derive(Clone)]
pub(crate) struct ConsumerContext {
    pub(crate) app: AppCalls,
    pub(crate) app_token: Option<String>,
    pub(crate) log: DurableLog,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
    /// Pulsed after every acknowledgement.
    pub(crate) progress: watch::Sender<()>,
}

/// A running subscription.
pub(crate) struct Consumer {
    delivery: Delivery,
    topic: Arc<Topic>,
    /// Per partition, the first offset that is not settled.
    positions: [AtomicU64; PARTITIONS],
}

impl Consumer {
    /// Picks up where the consumer group left off (at the oldest record, if it never was here)
    /// and works until the flow stops.
    pub(crate) async fn start(
        subscription: ActiveSubscription,
        context: ConsumerContext,
        flow: &Flow,
        tasks: &Tasks,
    ) -> Result<Arc<Self>, LogError> {
        let topic = context.log.topic(&subscription.topic).await?;
        let group = &subscription.component.consumer_group;
        let positions = context.log.progress(group, &topic).await?.map(AtomicU64::new);
        let breaker = subscription.component.inbound.breaker.as_ref().map(|settings| {
            Mutex::new(CircuitBreaker::new(Arc::clone(settings), context.clock.now()))
        });
        let delivery = Delivery { subscription, context, breaker };
        let consumer = Arc::new(Self { delivery, topic, positions });
        for partition in 0..PARTITIONS {
            let (consumer, flow) = (Arc::clone(&consumer), flow.clone());
            tasks.spawn(async move { consumer.consume(partition, flow).await });
        }
        Ok(consumer)
    }

    pub(crate) fn subscription(&self) -> &ActiveSubscription {
        &self.delivery.subscription
    }

    /// Records this subscription has not settled yet, those in flight included.
    pub(crate) fn undelivered(&self) -> u64 {
        (0..PARTITIONS)
            .map(|partition| {
                let position = self.positions[partition].load(Ordering::Acquire);
                self.topic.end(partition).saturating_sub(position)
            })
            .sum()
    }

    async fn consume(&self, partition: usize, mut flow: Flow) {
        let mut end = self.topic.watch_end(partition);
        while flow.running_or_stopping().await == FlowState::Running {
            let position = self.positions[partition].load(Ordering::Acquire);
            let arrival = end.wait_for(|end| *end > position);
            if flow.while_running(arrival).await == Waited::Through {
                self.work_off(partition, position, &mut flow).await;
            }
        }
    }

    async fn work_off(&self, partition: usize, from: u64, flow: &mut Flow) {
        let context = &self.delivery.context;
        let fetched = context.log.fetch(&self.topic, partition, from, FETCH_RECORDS).await;
        let records = match fetched {
            Ok(records) => records,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    topic = self.subscription().topic.topic,
                    partition,
                    "cannot read records; trying again"
                );
                flow.sleep(READ_RETRY_INTERVAL).await;
                return;
            }
        };
        for together in records.chunks(self.records_per_call()) {
            if flow.state() != FlowState::Running
                || self.settle(together, flow).await == Settlement::Unsettled
            {
                return;
            }
            let Some(last) = together.last() else { return };
            let next_offset = last.offset + 1;
            let group = &self.subscription().component.consumer_group;
            context.log.acknowledge(group, &self.topic, partition, next_offset);
            self.positions[partition].store(next_offset, Ordering::Release);
            context.progress.send_replace(());
        }
    }

    async fn settle(&self, records: &[Record], flow: &mut Flow) -> Settlement {
        match (records, &self.subscription().stated.bulk) {
            ([record], None) => self.delivery.settle(record, flow).await,
            (records, _) => self.delivery.settle_together(records, flow).await,
        }
    }

    /// A call in bulk holds what is there, and is not kept waiting for more.
    fn records_per_call(&self) -> usize {
        let stated = self.subscription().stated.bulk.as_ref().map(|bulk| {
            bulk.max_messages_count.map_or(BULK_RECORDS, |limit| limit.max(1) as usize)
        });
        stated.unwrap_or(1)
    }
}
