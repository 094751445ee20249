//! The numbered boundary between a sidecar and the world, and the switch that kills the process
//! there.
//!
//! Every effect passes here: a commit of the log or of the job store, and a call to the app. A
//! message thus has four moments to die at: accepted and not on disk, on disk and not
//! acknowledged to its publisher, taken for delivery, and delivered with nobody having noted it.
//! Effects are numbered from 1 in the order they begin, over the whole process, because a process
//! dies as a whole.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

static CRASH_POINT: OnceLock<CrashPoint> = OnceLock::new();
static BEGUN: AtomicU64 = AtomicU64::new(0);

/// Where a process is told to die: `before:17` or `after:17`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrashPoint {
    nth: u64,
    when: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// The effect does not come about.
    Before,
    /// It does, and nobody hears of it.
    After,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a crash point; write before:N or after:N with N from 1")]
pub struct CrashPointError {
    text: String,
}

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
        crash_if(number, When::Before);
        Effect(number)
    }

    pub(crate) fn finish(self) {
        crash_if(self.0, When::After);
    }
}

fn crash_if(nth: u64, when: When) {
    if CRASH_POINT.get() == Some(&CrashPoint { nth, when }) {
        // No unwinding, no flushing, no destructors: what a power cut leaves is what is left.
        std::process::abort();
    }
}

impl FromStr for CrashPoint {
    type Err = CrashPointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.split_once(':').and_then(|(when, nth)| {
            let when = match when {
                "before" => When::Before,
                "after" => When::After,
                _ => return None,
            };
            let nth = nth.parse().ok().filter(|nth| *nth > 0)?;
            Some(Self { nth, when })
        });
        parsed.ok_or_else(|| CrashPointError { text: text.to_owned() })
    }
}

impl fmt::Display for CrashPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = match self.when {
            When::Before => "before",
            When::After => "after",
        };
        write!(f, "{when}:{}", self.nth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_point_reads_as_it_is_written() {
        for text in ["before:1", "after:17"] {
            assert_eq!(text.parse::<CrashPoint>().unwrap().to_string(), text);
        }
        for text in ["", "before", "before:0", "during:1", "after:x"] {
            let error = text.parse::<CrashPoint>().unwrap_err();
            assert!(error.to_string().contains("before:N or after:N"), "{text}");
        }
    }
}
