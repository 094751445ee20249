//! Forgetting old records, so that the log does not grow for ever.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::MissedTickBehavior;

use super::PubsubComponent;
use crate::clock::Clock;
use crate::durable_log::{DurableLog, LogError};

/// How often records are looked through. Retention is counted in days, so an hour is precise.
const PRUNE_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// Prunes now and then every hour, for as long as it is polled.
pub(crate) async fn prune_hourly(
    components: Vec<Arc<PubsubComponent>>,
    log: DurableLog,
    clock: Arc<dyn Clock>,
) {
    let mut interval = tokio::time::interval(PRUNE_INTERVAL);
    interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        interval.tick().await;
        for component in &components {
            if let Err(error) = prune(component, &log, clock.as_ref()).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    pubsub = component.name,
                    "old records not pruned; tried again in an hour"
                );
            }
        }
    }
}

async fn prune(
    component: &PubsubComponent,
    log: &DurableLog,
    clock: &dyn Clock,
) -> Result<(), LogError> {
    let retention = TimeDelta::from_std(component.retention).unwrap_or(TimeDelta::MAX);
    let Some(before) = clock.now().checked_sub_signed(retention) else { return Ok(()) };
    while log.prune(&component.name, before.timestamp_millis()).await? > 0 {}
    Ok(())
}
