//! Sending what is due: lease some, send them side by side, record each as soon as it is known.

use chrono::{DateTime, Duration, Utc};
use futures::future::{join, join_all};
use task_store::channel::ChannelKind;
use task_store::delivery::{DeliveryLease, DueDelivery};
use task_store::{Store, StoreError};
use uuid::Uuid;

use super::send;
use crate::limits::DELIVERY_TIMEOUT;
use crate::{Platform, Settings};

/// Sent side by side. The slowest of them holds up the next ones of this instance, and of none
/// other.
const AT_ONCE: u32 = 32;

/// A channel that hangs ties up so many of them, and leaves the rest to the others.
const AT_ONCE_PER_CHANNEL: u32 = 4;

/// What an attempt and its record may take.
const ATTEMPT: Duration = Duration::seconds(DELIVERY_TIMEOUT.as_secs() as i64 + 5);

/// Two attempts: nobody else takes a delivery that is being sent.
const LEASE: Duration = Duration::seconds(2 * ATTEMPT.num_seconds());

/// Long enough for a queue that a broken network left behind; the next tick comes anyway.
const TURN: Duration = Duration::seconds(20);

/// Sends what is due, until nothing is or this instance has done its share. What a failure leaves
/// is sent by the next tick.
pub async fn deliver<P: Platform>(platform: &P, settings: &Settings) -> Result<(), StoreError> {
    let ends_at = platform.now() + TURN;
    while turn(platform, settings).await? > 0 && platform.now() < ends_at {}
    Ok(())
}

/// How many were taken.
async fn turn<P: Platform>(platform: &P, settings: &Settings) -> Result<usize, StoreError> {
    let lease = lease(platform.mint(), platform.now());
    let due = platform.store().lease_deliveries(&lease).await?;
    let taken = due.len();
    let (mails, others): (Vec<_>, Vec<_>) =
        due.into_iter().partition(|due| due.delivery.kind == ChannelKind::Email);
    let one =
        |due: DueDelivery| async move { finish(platform, settings, lease.holder, &due).await };
    // Mail leaves by a binding of the sidecar, some of which mix up calls that come together.
    let in_turn = async {
        for mail in mails {
            if platform.now() + ATTEMPT > lease.until {
                break;
            }
            one(mail).await;
        }
    };
    join(in_turn, join_all(others.into_iter().map(one))).await;
    Ok(taken)
}

fn lease(holder: Uuid, now: DateTime<Utc>) -> DeliveryLease {
    DeliveryLease {
        holder,
        now,
        until: now + LEASE,
        limit: AT_ONCE,
        per_channel: AT_ONCE_PER_CHANNEL,
    }
}

async fn finish<P: Platform>(platform: &P, settings: &Settings, holder: Uuid, due: &DueDelivery) {
    let send::Finish { attempt, after, channel } = send::attempt(platform, settings, due).await;
    let id = due.delivery.id;
    if let Some(error) = attempt.as_ref().and_then(|attempt| attempt.error.as_deref()) {
        tracing::warn!(delivery = %id, kind = due.delivery.kind.as_str(), error, "not delivered");
    }
    let recorded = platform
        .store()
        .finish_attempt(holder, id, attempt.as_ref(), &after, &channel, platform.now())
        .await;
    match recorded {
        Ok(true) => {}
        // Somebody else sends it now: it arrives twice, with the same id.
        Ok(false) => tracing::warn!(delivery = %id, "an attempt took longer than its lease"),
        Err(error) => tracing::warn!(delivery = %id, %error, "an attempt could not be recorded"),
    }
}
