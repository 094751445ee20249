//! The numbered boundary between a sidecar and the world, and the switch that kills the process
//! there.
//!
//! Every effect passes here: a commit of the log, of the job store or of a file of state, and a
//! call to the app. A message thus has four moments to die at: accepted and not on disk, on disk
//! and not acknowledged to its publisher, taken for delivery, and delivered with nobody having
//! noted it. Effects are numbered from 1 in the order they begin, over the whole process, because a
//! process dies as a whole.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::crash_point::{CrashPoint, CrashWhen};

static CRASH_POINT: OnceLock<CrashPoint> = OnceLock::new();
static BEGUN: AtomicU64 = AtomicU64::new(0);

/// An effect that is coming about.
#[must_use = "an effect that never finishes has no moment after it"]
pub(crate) struct Effect(u64);

impl CrashPoint {
    /// From now on this process dies there.
    pub fn arm(self) {
        // The first one counts: nobody dies twice.
        let _ = CRASH_POINT.set(self);
    }
}

impl Effect {
    pub(crate) fn begin() -> Self {
        let number = BEGUN.fetch_add(1, Ordering::SeqCst) + 1;
        crash_if(number, CrashWhen::Before);
        Effect(number)
    }

    pub(crate) fn finish(self) {
        crash_if(self.0, CrashWhen::After);
    }
}

fn crash_if(nth: u64, when: CrashWhen) {
    if CRASH_POINT.get() == Some(&CrashPoint { nth, when }) {
        // No unwinding, no flushing, no destructors: what a power cut leaves is what is left.
        std::process::abort();
    }
}
