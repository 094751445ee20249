//! The circuit breaker towards the sidecar: how long everybody stays away after a failure, and how
//! little is risked on the first try after it.
//!
//! Instances share no memory, so its state is two columns of the relay's row: how many batches have
//! failed in a row, and until when nobody tries. Nothing here reads or writes them.

use chrono::{DateTime, Duration, Utc};
use task_store::relay::Outage;
use task_store::store::BatchLimits;

use super::verdict::Reach;

/// A sidecar that restarts is back within seconds, and people look at other devices meanwhile.
const SHORTEST_PAUSE_S: i64 = 1;
/// The longest that a sidecar which is back stands idle. Together with the five seconds between
/// two sweeps it leaves three quarters of a minute for what has gathered.
const LONGEST_PAUSE_S: i64 = 10;

/// One bulk request: large enough to spare round trips, small enough for the sidecar's 4 MiB.
const BATCH: BatchLimits =
    BatchLimits { events: 100, bytes: 1024 * 1024, per_user: PER_USER, lease_ms: LEASE_MS };
/// Where many wait, everybody gets a share of the batch before anybody gets a second one; so this
/// bounds only how much of one user's order is at stake in a batch that is taken in part.
const PER_USER: u32 = 50;
/// What a sidecar that may still hang is offered: enough to see that it takes events, little to
/// send again when its answer is lost.
const PROBE: BatchLimits = BatchLimits { events: 10, ..BATCH };
/// Five times the publish timeout: a holder that is silent for this long is dead.
const LEASE_MS: u64 = 10_000;

/// Batches that failed in a row: closed at 0. Above, it is open for a pause, and then half open
/// until a batch has told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Breaker {
    failures: u32,
}

impl Breaker {
    pub(super) fn after(failures: u32) -> Self {
        Breaker { failures }
    }

    /// How much may be tried at once.
    pub(super) fn limits(self) -> BatchLimits {
        if self.failures == 0 { BATCH } else { PROBE }
    }

    /// What took a part of a batch is up: its pause does not grow.
    pub(super) fn saw(self, reach: Reach) -> Self {
        let failures = match reach {
            Reach::Whole => 0,
            Reach::Part => 1,
            Reach::Nothing => self.failures.saturating_add(1),
        };
        Breaker { failures }
    }

    /// `None` while it is closed.
    pub(super) fn outage(self, now: DateTime<Utc>) -> Option<Outage> {
        let doublings = self.failures.checked_sub(1)?.min(i64::BITS / 2);
        let pause_s = LONGEST_PAUSE_S.min(SHORTEST_PAUSE_S << doublings);
        let until = now + Duration::seconds(pause_s);
        Some(Outage { failures: self.failures, until })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause_s(failures: u32) -> Option<i64> {
        let now = DateTime::UNIX_EPOCH;
        Breaker::after(failures).outage(now).map(|outage| (outage.until - now).num_seconds())
    }

    #[test]
    fn the_pause_doubles_from_a_second_up_to_its_longest() {
        let pauses: Vec<_> = (0..=6).map(pause_s).collect();
        assert_eq!(pauses, [None, Some(1), Some(2), Some(4), Some(8), Some(10), Some(10)]);
        assert_eq!(pause_s(u32::MAX), Some(10));
    }

    #[test]
    fn one_success_closes_it() {
        let closed = Breaker::after(7).saw(Reach::Whole);
        assert_eq!(closed, Breaker::after(0));
        assert_eq!(closed.outage(DateTime::UNIX_EPOCH), None);
    }

    #[test]
    fn while_a_topic_gets_through_the_pause_stays_short() {
        assert_eq!(Breaker::after(7).saw(Reach::Part), Breaker::after(1));
        assert_eq!(Breaker::after(u32::MAX).saw(Reach::Nothing), Breaker::after(u32::MAX));
    }

    #[test]
    fn a_sidecar_that_failed_is_offered_little() {
        assert_eq!(Breaker::after(0).limits(), BATCH);
        assert_eq!(Breaker::after(1).limits().events, 10);
    }
}
