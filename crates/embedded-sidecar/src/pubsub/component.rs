//! A `pubsub.*` component as this sidecar serves it, whatever broker its type names.

use std::sync::Arc;
use std::time::Duration;

use super::topic_access::TopicAccess;
use crate::resiliency::{InboundPolicy, Resiliency, RetryPolicy};
use crate::resources::{Component, ResourceError};

/// How long records are kept.
const RETENTION: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How long a broker waits before it brings a failed record again: Kafka's default here.
const REDELIVERY_INTERVAL: Duration = Duration::from_secs(5);
/// The one type whose promise (nothing survives) is exceeded, so that it needs no warning.
const IN_MEMORY: &str = "pubsub.in-memory";

#[derive(Debug)]
pub(crate) struct PubsubComponent {
    pub(crate) name: String,
    pub(crate) access: TopicAccess,
    /// Whose progress a subscription's offsets are.
    pub(crate) consumer_group: String,
    pub(crate) inbound: InboundPolicy,
    /// What happens to a record that failed and has no dead-letter topic. `None`: it is skipped.
    pub(crate) redelivery: Option<RetryPolicy>,
    pub(crate) retention: Duration,
}

impl PubsubComponent {
    pub(crate) fn read(
        component: &Component,
        app_id: &str,
        resiliency: &Resiliency,
    ) -> Result<Arc<Self>, ResourceError> {
        let consumer_group = match component.setting("consumerGroup")? {
            Some(group) => group,
            None => component.setting("consumerID")?.unwrap_or(app_id),
        };
        Ok(Arc::new(Self {
            name: component.name.clone(),
            access: TopicAccess::read(component, app_id)?,
            consumer_group: consumer_group.to_owned(),
            inbound: resiliency.pubsub_inbound(&component.name),
            redelivery: redelivery(component)?,
            retention: component.duration("retentionTime", RETENTION)?,
        }))
    }
}

/// Tells, once, which components keep their name and settings but not their broker.
pub(crate) fn warn_about_other_brokers(components: &[Component]) {
    let others: Vec<String> = components
        .iter()
        .filter(|it| it.building_block() == "pubsub" && it.component_type != IN_MEMORY)
        .map(|it| format!("{} ({})", it.name, it.component_type))
        .collect();
    if !others.is_empty() {
        tracing::warn!(
            components = others.join(", "),
            "these pub/sub components are served by the embedded durable log, not by their broker"
        );
    }
}

/// The settings by which Kafka's component tunes redelivery.
fn redelivery(component: &Component) -> Result<Option<RetryPolicy>, ResourceError> {
    if !component.flag("consumeRetryEnabled", true)? {
        return Ok(None);
    }
    let interval = component.duration("backOffDuration", REDELIVERY_INTERVAL)?;
    let max_retries = component.parsed("backOffMaxRetries", "a number", None, |text| {
        // Negative is "for ever".
        text.parse::<i64>().ok().map(|max| u32::try_from(max).ok())
    })?;
    Ok(Some(RetryPolicy::constant(interval, max_retries)))
}
