//! What the scheduler lost, or was never told: found in the rows, every few seconds.

use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use task_store::{Store, StoreError};

use super::fire::Fired;
use super::{arm, fire};
use crate::{Platform, Settings};

/// The scheduler has this long for what fell due, before it counts as lost.
const GRACE: Duration = Duration::seconds(2);
/// What is due within this time is told to the scheduler again, in case it lost it.
const NEAR: Duration = Duration::seconds(60);
/// One telling is believed for this long.
const ARMING_BELIEVED: Duration = Duration::seconds(60);
/// Rows read at once.
const BATCH: u32 = 200;
/// One sweep ends before the next begins.
const SWEEP_MAX: StdDuration = StdDuration::from_secs(8);

/// What a failure leaves undone is found again by the next sweep.
pub(super) async fn sweep<P: Platform>(
    platform: &P,
    settings: &Settings,
) -> Result<(), StoreError> {
    let until = platform.now() + SWEEP_MAX;
    fire_overdue(platform, until).await?;
    tell_untold(platform, settings, until).await
}

async fn fire_overdue<P: Platform>(platform: &P, until: DateTime<Utc>) -> Result<(), StoreError> {
    let mut fired = 0_usize;
    while platform.now() < until {
        let before = platform.now() - GRACE;
        let mut of_batch = 0;
        for key in platform.store().overdue_reminders(before, BATCH).await? {
            of_batch += usize::from(fire::when_due(platform, key).await? == Fired::Now);
        }
        // Nothing is left, or nothing that can fire: asking again would give the same.
        if of_batch == 0 {
            break;
        }
        fired += of_batch;
    }
    if fired > 0 {
        tracing::info!(fired, "reminders fired that the scheduler did not bring");
    }
    Ok(())
}

/// Stops at a batch that the scheduler did not take: the next would fare no better.
async fn tell_untold<P: Platform>(
    platform: &P,
    settings: &Settings,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut last = None;
    while platform.now() < until {
        let now = platform.now();
        let rows =
            platform.store().untold_reminders(now + NEAR, now - ARMING_BELIEVED, BATCH).await?;
        let first = rows.first().map(|row| row.key);
        if first.is_none() || first == last {
            break;
        }
        arm::tell(platform, settings, &rows).await?;
        last = first;
    }
    Ok(())
}
