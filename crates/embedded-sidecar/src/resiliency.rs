//! `kind: Resiliency`, as far as it governs calls from the sidecar to the app.
//!
//! Decisions are pure and take `now`; who waits and who calls is the caller's business.

mod circuit_breaker;
mod expression;
mod policies;
mod retry;
mod status_codes;

pub(crate) use circuit_breaker::{CircuitBreaker, Passage};
pub(crate) use expression::{Expression, ExpressionError};
pub use policies::PolicyError;
pub(crate) use policies::{InboundPolicy, Resiliency};
pub(crate) use retry::{Failure, RetryDecision, RetryPolicy, RetrySeries};
