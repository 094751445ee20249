//! The relay: takes events out of the outbox and publishes them, in each user's order.
//!
//! It runs after a response was sent and on the sweep. Nothing waits for it, and nothing depends
//! on any one run: an event stays pending until the sidecar has acknowledged it.

mod publish;
mod verdict;

use chrono::{DateTime, Duration, Utc};
use task_store::relay::{LeaseState, Mark, OutboxEvent};
use task_store::store::BatchLimits;
use task_store::{Store, StoreError};
use uuid::Uuid;

use crate::{Platform, Settings};
use publish::Publisher;
use verdict::Verdicts;

/// One bulk request: large enough to spare round trips, small enough for the sidecar's 4 MiB.
const BATCH: BatchLimits = BatchLimits { events: 100, bytes: 1024 * 1024, lease_ms: LEASE_MS };
/// Five times the publish timeout: a holder that is silent for this long is dead.
const LEASE_MS: u64 = 10_000;
/// A turn at the lease ends after this, so that no single instance relays for ever under load.
const TURN: Duration = Duration::seconds(2);
const BATCHES_PER_TURN: u32 = 20;
/// When nobody else takes over, a drain goes on for this many turns; then the sweep continues.
const TURNS: u32 = 30;
/// After a failed publish, so that a sidecar that comes back is not met by a crowd.
const BACK_OFF: Duration = Duration::seconds(1);

/// How a drain ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// Nothing is pending that may be published now.
    Empty,
    /// Another instance relays, or a failure is being waited out.
    LeftToOthers,
    /// The sidecar or its broker did not take the events; they stay.
    BackedOff,
}

/// Publishes what is pending. A failure is logged with its cause and never returned: the events
/// are in the store, and the next run finds them.
pub async fn drain<P: Platform>(platform: &P, settings: &Settings) -> Drained {
    match run(platform, settings).await {
        Ok(drained) => drained,
        Err(error) => {
            tracing::error!(%error, "the relay lost its database; pending events stay");
            Drained::LeftToOthers
        }
    }
}

async fn run<P: Platform>(platform: &P, settings: &Settings) -> Result<Drained, StoreError> {
    let mut publisher = match Publisher::new(platform, settings) {
        Ok(publisher) => publisher,
        Err(error) => {
            tracing::error!(%error, "the relay cannot address the sidecar; check dapr_url");
            return Ok(Drained::BackedOff);
        }
    };
    let store = platform.store();
    // Whoever finds the lease held may leave, because its holder looks once more after letting go.
    for _ in 0..TURNS {
        match store.lease_state(platform.now()).await? {
            LeaseState::Idle => return Ok(Drained::Empty),
            LeaseState::Held | LeaseState::BackingOff { .. } => return Ok(Drained::LeftToOthers),
            LeaseState::Free => {}
        }
        let holder = platform.mint();
        let Ok(batch) = store.claim(holder, platform.now(), BATCH).await? else {
            return Ok(Drained::LeftToOthers);
        };
        match turn(platform, &mut publisher, holder, batch).await? {
            Turn::Done => store.release(holder, None).await?,
            Turn::Unreachable => {
                store.release(holder, Some(platform.now() + BACK_OFF)).await?;
                return Ok(Drained::BackedOff);
            }
            Turn::LeaseLost => return Ok(Drained::LeftToOthers),
        }
    }
    Ok(Drained::LeftToOthers)
}

enum Turn {
    Done,
    Unreachable,
    LeaseLost,
}

async fn turn<P: Platform>(
    platform: &P,
    publisher: &mut Publisher<'_, P>,
    holder: Uuid,
    mut batch: Vec<OutboxEvent>,
) -> Result<Turn, StoreError> {
    let ends_at = platform.now() + TURN;
    let mut verdicts = Verdicts::default();
    for _ in 0..BATCHES_PER_TURN {
        if batch.is_empty() || platform.now() >= ends_at {
            return Ok(Turn::Done);
        }
        let results = publisher.publish(&batch).await;
        let marks = verdicts.judge(&batch, &results, platform.now());
        let next = platform.store().mark(holder, platform.now(), &marks, BATCH).await?;
        if verdicts.unreachable() {
            return Ok(Turn::Unreachable);
        }
        let Ok(next) = next else { return Ok(Turn::LeaseLost) };
        batch = next;
    }
    Ok(Turn::Done)
}

/// When a refused event is tried again: 1 s, 2 s, 4 s … at most a minute apart.
fn retry_at(now: DateTime<Utc>, attempts: u32) -> DateTime<Utc> {
    const LONGEST_S: i64 = 60;
    now + Duration::seconds(LONGEST_S.min(1 << attempts.min(6)))
}

/// A mark that leaves everything as it is.
fn untouched(event: &OutboxEvent) -> Mark {
    Mark {
        position: event.position,
        published: task_store::change_set::Topics::NONE,
        refusal: None,
    }
}
