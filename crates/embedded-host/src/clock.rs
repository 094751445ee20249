//! The time guests see. The real clock by default; a test gives the host its own.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use wasmtime_wasi::{HostMonotonicClock, HostWallClock};

/// Feeds the WASI wall and monotonic clocks of every guest.
pub trait Clock: Send + Sync + 'static {
    /// Time since the Unix epoch.
    fn wall(&self) -> Duration;
    /// Time since any fixed moment; it never goes back.
    fn monotonic(&self) -> Duration;
}

/// The machine's clocks.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
}

/// The machine's clocks, with a wall clock that is wrong: for tests of what a clock that was set,
/// or another machine's clock, does to data that outlives it.
#[derive(Debug)]
pub struct WrongClock {
    right: SystemClock,
    offset_ms: i64,
}

/// Time as the Tokio runtime has it: virtual when the runtime is paused.
#[derive(Debug)]
pub struct RuntimeClock {
    started: Instant,
    epoch: Duration,
}

impl SystemClock {
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter that reads the real clock")]
    fn wall(&self) -> Duration {
        let now = std::time::SystemTime::now();
        now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default()
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

impl WrongClock {
    /// A clock that is this far ahead, or behind when negative.
    pub fn ahead_by(offset_ms: i64) -> Self {
        Self { right: SystemClock::new(), offset_ms }
    }
}

impl Clock for WrongClock {
    fn wall(&self) -> Duration {
        let offset = Duration::from_millis(self.offset_ms.unsigned_abs());
        match self.offset_ms < 0 {
            true => self.right.wall().saturating_sub(offset),
            false => self.right.wall() + offset,
        }
    }

    fn monotonic(&self) -> Duration {
        self.right.monotonic()
    }
}

impl RuntimeClock {
    /// The wall clock reads `epoch` (since 1970) now, and moves as the runtime's time moves.
    pub fn starting_at(epoch: Duration) -> Self {
        Self { started: Instant::now(), epoch }
    }
}

impl Clock for RuntimeClock {
    fn wall(&self) -> Duration {
        self.epoch + self.started.elapsed()
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

/// A clock in the shape WASI asks for.
pub(crate) struct GuestClock(pub(crate) Arc<dyn Clock>);

/// What both clocks claim to resolve; guests use it for display only.
const RESOLUTION: Duration = Duration::from_nanos(1);

impl HostWallClock for GuestClock {
    fn resolution(&self) -> Duration {
        RESOLUTION
    }

    fn now(&self) -> Duration {
        self.0.wall()
    }
}

impl HostMonotonicClock for GuestClock {
    fn resolution(&self) -> u64 {
        1
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.monotonic().as_nanos()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_wrong_clock_is_off_by_its_offset_and_moves_as_the_right_one() {
        let right = SystemClock::new();
        for offset_ms in [-5_000, 0, 7_000] {
            let before = right.wall().as_millis() as i64;
            let wrong = WrongClock::ahead_by(offset_ms).wall().as_millis() as i64;
            let after = right.wall().as_millis() as i64;
            assert!((before + offset_ms..=after + offset_ms).contains(&wrong), "{offset_ms}");
        }
    }
}
