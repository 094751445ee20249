//! Waiting on conditions. Nothing here knows what is waited for.

use std::time::{Duration, Instant};

/// Long enough for a dead relay's lease, a sweep and a redelivery on a busy machine; a test that
/// needs longer is broken.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Far below what a test would notice, far above what would starve the app of its core.
pub(crate) const POLL: Duration = Duration::from_millis(10);

/// Looks until `look` finds something, and panics with what was waited for when it never does.
#[track_caller]
pub fn eventually<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, look).unwrap_or_else(|| panic!("waited {PATIENCE:?} in vain: {what}"))
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
