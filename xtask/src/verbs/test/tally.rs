//! Counts what the test runners say in their closing lines, so that nothing is skipped silently.

use std::fmt;
use std::process::ExitStatus;

#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) runners: usize,
    pub(super) passed: usize,
    pub(super) failed: usize,
    /// Names of tests that did not run, with their reason when they give one.
    pub(super) ignored: Vec<String>,
    trouble: Option<ExitStatus>,
}

impl Tally {
    /// Takes one line of a runner's output.
    pub(super) fn read(&mut self, line: &str) {
        let line = line.trim_end();
        if let Some(counts) = line.strip_prefix("test result: ") {
            self.runners += 1;
            self.passed += count(counts, "passed");
            self.failed += count(counts, "failed");
        } else if let Some((test, reason)) = ignored(line) {
            let reason = reason.map_or(String::new(), |reason| format!(" ({reason})"));
            self.ignored.push(format!("{test}{reason}"));
        }
    }

    /// Notes how cargo itself ended: a suite that does not compile has no closing line.
    pub(super) fn ended(&mut self, status: ExitStatus) {
        if !status.success() && self.failed == 0 {
            self.trouble = Some(status);
        }
    }

    /// Both together.
    pub(super) fn and(mut self, other: &Self) -> Self {
        self.runners += other.runners;
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored.extend(other.ignored.iter().cloned());
        self.trouble = self.trouble.or(other.trouble);
        self
    }

    /// Whether cargo and all runners came to their end.
    pub(super) fn is_complete(&self) -> bool {
        self.trouble.is_none()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Tests: {} passed, {} failed, {} ignored in {} runners.",
            self.passed,
            self.failed,
            self.ignored.len(),
            self.runners
        )?;
        match self.trouble {
            Some(status) => write!(f, " Cargo ended with {status} before it was through."),
            None => Ok(()),
        }
    }
}

/// The number before `word` in "ok. 12 passed; 0 failed; …".
fn count(counts: &str, word: &str) -> usize {
    let words: Vec<&str> = counts.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
    let position = words.iter().position(|candidate| *candidate == word);
    position.and_then(|at| words[at.checked_sub(1)?].parse().ok()).unwrap_or(0)
}

/// "test name ... ignored, reason" gives name and reason.
fn ignored(line: &str) -> Option<(&str, Option<&str>)> {
    let (test, outcome) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let reason = outcome.strip_prefix("ignored")?;
    Some((test, reason.strip_prefix(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_add_up_and_ignored_tests_are_named() {
        let mut tally = Tally::default();
        for line in [
            "test completing_twice ... ok",
            "test against_a_broker ... ignored, needs a broker",
            "test plain ... ignored",
            "test result: ok. 12 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; \
             finished in 0.10s",
            "test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
        ] {
            tally.read(line);
        }
        assert_eq!(tally.to_string(), "Tests: 15 passed, 1 failed, 2 ignored in 2 runners.");
        assert_eq!(tally.ignored, ["against_a_broker (needs a broker)", "plain"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_suite_that_does_not_compile_is_not_taken_for_success() {
        use std::os::unix::process::ExitStatusExt;
        let mut tally = Tally::default();
        tally.ended(ExitStatus::from_raw(101 << 8));
        assert!(!tally.is_complete());
        assert!(tally.to_string().contains("before it was through"));
    }
}
