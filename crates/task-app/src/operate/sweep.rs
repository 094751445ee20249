//! The sweep: publishes what no request published, and removes what need not be kept. The cron
//! binding calls it, so it also runs when nobody uses the app.

use chrono::Duration;
use http::StatusCode;
use task_store::Store;
use task_store::operations::Retention;

use crate::relay::drain;
use crate::{Platform, Request, Response, Settings, api, consume};

/// The change feed and the inbox: longer than any broker keeps a message.
const EVENTS_KEPT: Duration = Duration::days(8);
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
        prune(platform).await;
        api::empty(StatusCode::OK)
    })
    .await
}

async fn prune<P: Platform>(platform: &P) {
    let now = platform.now();
    let retention = Retention {
        events_before: now - EVENTS_KEPT,
        idempotency_before: now - ANSWERS_KEPT,
        history_before: now - HISTORY_KEPT,
        batch: BATCH,
    };
    match platform.store().sweep(retention).await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "rows past their retention removed"),
        Err(error) => tracing::warn!(%error, "retention is left for the next sweep"),
    }
}
