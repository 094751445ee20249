//! The relay: takes events out of the outbox and publishes them, in each user's order.
//!
//! It runs after a response was sent and on the sweep. Nothing waits for it, and nothing depends
//! on any one run: an event stays pending until the sidecar has acknowledged it.

mod breaker;
mod publish;
mod verdict;

use chrono::{DateTime, Duration, Utc};
use task_store::relay::{LeaseState, Mark, OutboxEvent};
use task_store::{Store, StoreError};
use uuid::Uuid;

use crate::{Platform, Settings};
use breaker::Breaker;
use publish::Publisher;
use verdict::{Reach, Verdict};

/// A turn at the lease ends after this, so that no single instance relays for ever under load.
const TURN: Duration = Duration::seconds(2);
const BATCHES_PER_TURN: u32 = 20;
/// When nobody else takes over, a drain goes on for this many turns; then the sweep continues.
const TURNS: u32 = 30;

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
        let breaker = match store.lease_state(platform.now()).await? {
            LeaseState::Idle => return Ok(Drained::Empty),
            LeaseState::Held | LeaseState::BackingOff { .. } => return Ok(Drained::LeftToOthers),
            LeaseState::Free { failures } => Breaker::after(failures),
        };
        let holder = platform.mint();
        let Ok(batch) = store.claim(holder, platform.now(), breaker.limits()).await? else {
            return Ok(Drained::LeftToOthers);
        };
        match turn(platform, &mut publisher, holder, breaker, batch).await? {
            Turn::Done => store.release(holder, None).await?,
            Turn::Failed(breaker) => {
                store.release(holder, breaker.outage(platform.now())).await?;
                return Ok(Drained::BackedOff);
            }
            Turn::LeaseLost => return Ok(Drained::LeftToOthers),
        }
    }
    Ok(Drained::LeftToOthers)
}

enum Turn {
    Done,
    /// Events stay that the sidecar or its broker did not take.
    Failed(Breaker),
    LeaseLost,
}

async fn turn<P: Platform>(
    platform: &P,
    publisher: &mut Publisher<'_, P>,
    holder: Uuid,
    mut breaker: Breaker,
    mut batch: Vec<OutboxEvent>,
) -> Result<Turn, StoreError> {
    let ends_at = platform.now() + TURN;
    for _ in 0..BATCHES_PER_TURN {
        if batch.is_empty() || platform.now() >= ends_at {
            return Ok(Turn::Done);
        }
        let results = publisher.publish(&batch).await;
        let Verdict { marks, reach } = verdict::judge(&batch, &results, platform.now());
        breaker = breaker.saw(reach);
        if reach == Reach::Nothing {
            return Ok(Turn::Failed(breaker));
        }
        let limits = breaker.limits();
        let next = platform.store().mark(holder, platform.now(), &marks, limits).await?;
        let Ok(next) = next else { return Ok(Turn::LeaseLost) };
        if reach == Reach::Part {
            return Ok(Turn::Failed(breaker));
        }
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
