//! The sweep: publishes what no request published, and removes what need not be kept. The cron
//! binding calls it, so it also runs when nobody uses the app.

use chrono::Duration;
use task_store::operations::Retention;
use task_store::{Store, StoreError};

use crate::relay::drain;
use crate::{Platform, Request, Response, Settings, consume};

/// What the brokers here are set to keep, and what their default is: for so long a message can come
/// again.
const BROKER_RETENTION: Duration = Duration::days(7);
/// The change feed and the inbox. A message that is older than its inbox key would have its effect
/// twice, so keys outlive every copy of their message, by a day for clocks and retries.
const EVENTS_KEPT: Duration = Duration::days(BROKER_RETENTION.num_days() + 1);
/// A client that has not asked again within a day has given up.
const ANSWERS_KEPT: Duration = Duration::hours(24);
/// As far as people look back at deliveries and imports, and operators at replayed letters.
const HISTORY_KEPT: Duration = Duration::days(30);
/// Rows removed in one statement: a few milliseconds under the write lock.
const BATCH: u32 = 500;

pub(super) async fn sweep<P: Platform>(
    platform: &P,
    settings: &Settings,
    request: &Request,
) -> Response {
    consume::called(request, settings, async || {
        drain(platform, settings).await;
        consume::acknowledged(prune(platform).await)
    })
    .await
}

async fn prune<P: Platform>(platform: &P) -> Result<(), StoreError> {
    let now = platform.now();
    let retention = Retention {
        events_before: now - EVENTS_KEPT,
        idempotency_before: now - ANSWERS_KEPT,
        history_before: now - HISTORY_KEPT,
        batch: BATCH,
    };
    let removed = platform.store().sweep(retention).await?;
    if removed > 0 {
        tracing::info!(removed, "rows past their retention removed");
    }
    Ok(())
}
