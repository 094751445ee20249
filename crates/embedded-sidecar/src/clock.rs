//! Wall-clock time as something that is handed in. Waiting is tokio's, so that a paused runtime
//! moves both together.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::Instant;

/// Tells the time. Decisions take `now` as an argument; only loops ask a clock.
pub trait Clock: Send + Sync {
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// A clock that starts at a chosen moment and moves with tokio's, which tests may pause.
#[derive(Clone, Copy, Debug)]
pub struct RuntimeClock {
    started_at: DateTime<Utc>,
    start: Instant,
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the sidecar reads the clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

impl RuntimeClock {
    pub fn starting_at(now: DateTime<Utc>) -> Self {
        Self { started_at: now, start: Instant::now() }
    }
}

impl Clock for RuntimeClock {
    fn now(&self) -> DateTime<Utc> {
        let elapsed = TimeDelta::from_std(self.start.elapsed()).unwrap_or(TimeDelta::MAX);
        self.started_at.checked_add_signed(elapsed).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}
