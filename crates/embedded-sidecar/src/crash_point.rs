//! Where a process is told to die: `before:17` or `after:17`. What is counted is the affair of
//! whoever dies there: a sidecar's effects, a host's calls.

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
    /// What is counted does not come about.
    Before,
    /// It does, and nobody hears of it.
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
