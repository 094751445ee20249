//! Waiting on conditions. Nothing here knows what is waited for.

use std::time::{Duration, Instant};

use crate::engines::BrokerKind;

/// Long enough for a dead relay's lease, a sweep and a redelivery on a busy machine; a test that
/// needs longer is broken.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Behind a broker: what Redis hands out again after its consumer's death comes after three minutes
/// (see `dapr/brokers/redis/pubsub.yaml`), and then it still has to be done.
pub const PATIENCE_WITH_A_BROKER: Duration = Duration::from_secs(240);

/// Far below what a test would notice, far above what would starve the app of its core.
pub(crate) const POLL: Duration = Duration::from_millis(10);

/// Looks until `look` finds something, and panics with what was waited for when it never does.
#[track_caller]
pub fn eventually<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    let patience = patience();
    within(patience, look).unwrap_or_else(|| panic!("waited {patience:?} in vain: {what}"))
}

/// How long this run's tests wait for what must come.
pub fn patience() -> Duration {
    BrokerKind::of_this_run().map_or(PATIENCE, |_| PATIENCE_WITH_A_BROKER)
}

/// Looks for at most `patience`.
pub fn within<T>(patience: Duration, look: impl FnMut() -> Option<T>) -> Option<T> {
    within_by(POLL, patience, look)
}

/// The same for a look that is expensive: it rests that long in between.
pub fn within_by<T>(
    rest: Duration,
    patience: Duration,
    mut look: impl FnMut() -> Option<T>,
) -> Option<T> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(found) = look() {
            return Some(found);
        }
        if Instant::now() >= deadline {
            return None;
        }
        std::thread::sleep(rest);
    }
}
