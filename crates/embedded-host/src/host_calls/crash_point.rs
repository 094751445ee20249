//! Where a process is told to die: `before:17` or `after:17`.

use std::fmt;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrashPoint {
    /// Counted from 1.
    pub nth: u64,
    pub when: CrashWhen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrashWhen {
    /// The call has no effect.
    Before,
    /// The call has its effect, and nobody hears of it.
    After,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a crash point; write before:N or after:N with N from 1")]
pub struct CrashPointError {
    text: String,
}

impl FromStr for CrashPoint {
    type Err = CrashPointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.split_once(':').and_then(|(when, nth)| {
            let when = match when {
                "before" => CrashWhen::Before,
                "after" => CrashWhen::After,
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
            CrashWhen::Before => "before",
            CrashWhen::After => "after",
        };
        write!(f, "{when}:{}", self.nth)
    }
}
