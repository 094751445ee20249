//! Retry policies: how long to wait after the n-th failure, and when to give up. Pure.

use std::time::Duration;

use super::status_codes::StatusCodes;

/// Waits between attempts, and how many there may be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RetryPolicy {
    pub(crate) backoff: Backoff,
    /// `None`: for ever. N retries are N+1 attempts.
    pub(crate) max_retries: Option<u32>,
    /// `None`: every error status is retried.
    pub(crate) retried_statuses: Option<StatusCodes>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Backoff {
    Constant(Duration),
    Exponential {
        initial: Duration,
        multiplier: f64,
        /// Share of the wait by which it is randomised either way, so that retries spread out.
        jitter: f64,
        max_interval: Duration,
        /// The series ends once it has lasted this long.
        max_elapsed: Duration,
    },
}

/// A failed attempt, as far as it decides about the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The app asked for a retry, or could not be reached.
    Transient,
    /// The app answered with this error status.
    Status(u16),
    /// A circuit breaker let nothing through.
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryDecision {
    After(Duration),
    GiveUp,
}

/// One operation's attempts under a policy.
#[derive(Debug)]
pub(crate) struct RetrySeries<'a> {
    policy: &'a RetryPolicy,
    retries: u32,
}

impl RetryPolicy {
    pub(crate) fn constant(interval: Duration, max_retries: Option<u32>) -> Self {
        Self { backoff: Backoff::Constant(interval), max_retries, retried_statuses: None }
    }

    pub(crate) fn series(&self) -> RetrySeries<'_> {
        RetrySeries { policy: self, retries: 0 }
    }
}

impl RetrySeries<'_> {
    /// What to do after a failure, `elapsed` since the first attempt. `unit_random` in [0, 1)
    /// randomises exponential waits.
    pub(crate) fn next(
        &mut self,
        failure: Failure,
        elapsed: Duration,
        unit_random: f64,
    ) -> RetryDecision {
        if !self.is_worth_retrying(failure)
            || self.policy.max_retries.is_some_and(|max| self.retries >= max)
        {
            return RetryDecision::GiveUp;
        }
        let wait = match self.policy.backoff {
            Backoff::Constant(interval) => interval,
            Backoff::Exponential { initial, multiplier, jitter, max_interval, max_elapsed } => {
                if elapsed >= max_elapsed {
                    return RetryDecision::GiveUp;
                }
                let growth = multiplier.powf(f64::from(self.retries));
                let base = (initial.as_secs_f64() * growth).min(max_interval.as_secs_f64());
                let factor = 1.0 - jitter + 2.0 * jitter * unit_random;
                Duration::try_from_secs_f64(base * factor).unwrap_or(max_interval)
            }
        };
        self.retries += 1;
        RetryDecision::After(wait)
    }

    fn is_worth_retrying(&self, failure: Failure) -> bool {
        match failure {
            Failure::Transient => true,
            Failure::Refused => false,
            Failure::Status(status) => {
                self.policy.retried_statuses.as_ref().is_none_or(|codes| codes.contains(status))
            }
        }
    }
}
