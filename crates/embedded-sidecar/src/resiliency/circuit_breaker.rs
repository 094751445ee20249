//! The circuit breaker: after too many failures it lets nothing through for a while. Pure; time is
//! an argument.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::expression::Expression;

/// Failures in a row after which a breaker without a `trip` expression opens: more than this.
const DEFAULT_TRIP_FAILURES: i64 = 5;

/// What a breaker is made from. One breaker serves a whole component.
#[derive(Debug)]
pub(crate) struct BreakerSettings {
    /// Calls let through while half-open; as many successes close the breaker.
    pub(super) max_requests: i64,
    /// How often a closed breaker forgets its counts; zero is never.
    pub(super) interval: Duration,
    /// How long it stays open.
    pub(super) timeout: Duration,
    pub(super) trip: Option<Expression>,
}

#[derive(Debug)]
pub(crate) struct CircuitBreaker {
    settings: std::sync::Arc<BreakerSettings>,
    state: State,
    counts: Counts,
    /// Distinguishes periods, so that an answer to a call of an earlier one is not counted.
    period: u64,
    closes_period_at: Option<DateTime<Utc>>,
}

/// Whether a call may go ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    /// Report the outcome with this period.
    Granted {
        period: u64,
    },
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Closed,
    HalfOpen,
    Open,
}

/// The variables of a trip expression.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Counts {
    requests: i64,
    total_successes: i64,
    total_failures: i64,
    consecutive_successes: i64,
    consecutive_failures: i64,
}

impl CircuitBreaker {
    pub(crate) fn new(settings: std::sync::Arc<BreakerSettings>, now: DateTime<Utc>) -> Self {
        let mut breaker = Self {
            settings,
            state: State::Closed,
            counts: Counts::default(),
            period: 0,
            closes_period_at: None,
        };
        breaker.enter(State::Closed, now);
        breaker
    }

    pub(crate) fn ask(&mut self, now: DateTime<Utc>) -> Passage {
        self.turn_period(now);
        let is_refused = match self.state {
            State::Closed => false,
            State::Open => true,
            State::HalfOpen => self.counts.requests >= self.settings.max_requests,
        };
        if is_refused {
            return Passage::Refused;
        }
        self.counts.requests += 1;
        Passage::Granted { period: self.period }
    }

    /// Counts a granted call's outcome.
    pub(crate) fn report(&mut self, period: u64, succeeded: bool, now: DateTime<Utc>) {
        self.turn_period(now);
        if period != self.period {
            return;
        }
        if succeeded {
            self.counts.total_successes += 1;
            self.counts.consecutive_successes += 1;
            self.counts.consecutive_failures = 0;
            if self.state == State::HalfOpen
                && self.counts.consecutive_successes >= self.settings.max_requests
            {
                self.enter(State::Closed, now);
            }
        } else {
            self.counts.total_failures += 1;
            self.counts.consecutive_failures += 1;
            self.counts.consecutive_successes = 0;
            if self.state == State::HalfOpen || (self.state == State::Closed && self.trips()) {
                self.enter(State::Open, now);
            }
        }
    }

    fn trips(&self) -> bool {
        let counts = &self.counts;
        match &self.settings.trip {
            None => counts.consecutive_failures > DEFAULT_TRIP_FAILURES,
            // An expression that cannot be evaluated is no reason to cut the app off.
            Some(trip) => trip
                .holds(&[
                    ("requests", counts.requests),
                    ("totalSuccesses", counts.total_successes),
                    ("totalFailures", counts.total_failures),
                    ("consecutiveSuccesses", counts.consecutive_successes),
                    ("consecutiveFailures", counts.consecutive_failures),
                ])
                .unwrap_or(false),
        }
    }

    fn turn_period(&mut self, now: DateTime<Utc>) {
        if self.closes_period_at.is_some_and(|at| now >= at) {
            let next = if self.state == State::Open { State::HalfOpen } else { self.state };
            self.enter(next, now);
        }
    }

    fn enter(&mut self, state: State, now: DateTime<Utc>) {
        self.state = state;
        self.counts = Counts::default();
        self.period += 1;
        let lasts = match state {
            State::Closed if self.settings.interval.is_zero() => None,
            State::Closed => Some(self.settings.interval),
            State::Open => Some(self.settings.timeout),
            State::HalfOpen => None,
        };
        self.closes_period_at = lasts
            .and_then(|lasts| TimeDelta::from_std(lasts).ok())
            .and_then(|lasts| now.checked_add_signed(lasts));
    }
}
