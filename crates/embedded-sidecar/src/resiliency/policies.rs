//! Reading Resiliency specs, and finding the policy that governs a component's deliveries.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::circuit_breaker::BreakerSettings;
use super::expression::{Expression, ExpressionError};
use super::retry::{Backoff, RetryPolicy};
use super::status_codes::StatusCodes;
use crate::go_duration;

/// Wait of a constant policy that states none.
const CONSTANT_INTERVAL: Duration = Duration::from_secs(5);
/// Shape of an exponential policy; only its longest wait can be stated.
const INITIAL_INTERVAL: Duration = Duration::from_millis(500);
const MULTIPLIER: f64 = 1.5;
const JITTER: f64 = 0.5;
const MAX_INTERVAL: Duration = Duration::from_secs(60);
const MAX_ELAPSED: Duration = Duration::from_secs(15 * 60);
/// How long a breaker that states nothing stays open.
const BREAKER_TIMEOUT: Duration = Duration::from_secs(60);

/// All policies of all Resiliency resources for this app.
#[derive(Debug, Default)]
pub(crate) struct Resiliency {
    timeouts: HashMap<String, Duration>,
    retries: HashMap<String, RetryPolicy>,
    breakers: HashMap<String, Arc<BreakerSettings>>,
    components: HashMap<String, PolicyNames>,
}

/// What governs deliveries of one component. Empty by default: Dapr has no built-in policy here.
#[derive(Clone, Debug, Default)]
pub(crate) struct InboundPolicy {
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) breaker: Option<Arc<BreakerSettings>>,
}

/// Why a Resiliency spec cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    #[error("the spec cannot be read")]
    Shape(#[from] serde_json::Error),
    #[error("policy {policy:?}: {value:?} is not a duration")]
    Duration { policy: String, value: String },
    #[error("retry policy {policy:?}: {value:?} is neither constant nor exponential")]
    RetryKind { policy: String, value: String },
    #[error("retry policy {policy:?}: {value:?} is not a list of status codes")]
    StatusCodes { policy: String, value: String },
    #[error("circuit breaker {policy:?}")]
    Trip {
        policy: String,
        #[source]
        source: ExpressionError,
    },
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    policies: Policies,
    targets: Targets,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Policies {
    timeouts: HashMap<String, String>,
    retries: HashMap<String, RetrySpec>,
    circuit_breakers: HashMap<String, BreakerSpec>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Targets {
    components: HashMap<String, ComponentTarget>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ComponentTarget {
    inbound: PolicyNames,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct PolicyNames {
    timeout: String,
    retry: String,
    circuit_breaker: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RetrySpec {
    policy: String,
    duration: Option<String>,
    max_interval: Option<String>,
    max_retries: Option<i64>,
    matching: Option<Matching>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Matching {
    http_status_codes: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BreakerSpec {
    max_requests: i64,
    interval: Option<String>,
    timeout: Option<String>,
    trip: Option<String>,
}

impl Resiliency {
    pub(crate) fn add(&mut self, spec: &Value) -> Result<(), PolicyError> {
        let spec = Spec::deserialize(spec)?;
        for (name, value) in spec.policies.timeouts {
            let timeout = duration(&name, Some(value), Duration::ZERO)?;
            self.timeouts.insert(name, timeout);
        }
        for (name, retry) in spec.policies.retries {
            let policy = retry.read(&name)?;
            self.retries.insert(name, policy);
        }
        for (name, breaker) in spec.policies.circuit_breakers {
            let settings = breaker.read(&name)?;
            self.breakers.insert(name, Arc::new(settings));
        }
        for (name, target) in spec.targets.components {
            self.components.insert(name, target.inbound);
        }
        Ok(())
    }

    /// The policy for events a pub/sub component brings.
    pub(crate) fn pubsub_inbound(&self, component: &str) -> InboundPolicy {
        let names = match self.components.get(component) {
            Some(names) => names.clone(),
            None => PolicyNames {
                timeout: default_name(&self.timeouts, "Timeout"),
                retry: default_name(&self.retries, "Retry"),
                circuit_breaker: default_name(&self.breakers, "CircuitBreaker"),
            },
        };
        InboundPolicy {
            timeout: self.timeouts.get(&names.timeout).copied().filter(|it| !it.is_zero()),
            retry: self.retries.get(&names.retry).cloned(),
            breaker: self.breakers.get(&names.circuit_breaker).cloned(),
        }
    }
}

/// The most specific of the names by which a policy applies without a target.
fn default_name<T>(policies: &HashMap<String, T>, kind: &str) -> String {
    ["PubsubComponentInbound", "ComponentInbound", "Component", ""]
        .map(|level| format!("Default{level}{kind}Policy"))
        .into_iter()
        .find(|name| policies.contains_key(name))
        .unwrap_or_default()
}

impl RetrySpec {
    fn read(self, name: &str) -> Result<RetryPolicy, PolicyError> {
        let backoff = match self.policy.to_ascii_lowercase().as_str() {
            "" | "constant" => Backoff::Constant(duration(name, self.duration, CONSTANT_INTERVAL)?),
            "exponential" => Backoff::Exponential {
                initial: INITIAL_INTERVAL,
                multiplier: MULTIPLIER,
                jitter: JITTER,
                max_interval: duration(name, self.max_interval, MAX_INTERVAL)?,
                max_elapsed: MAX_ELAPSED,
            },
            _ => {
                return Err(PolicyError::RetryKind { policy: name.to_owned(), value: self.policy });
            }
        };
        let codes = self.matching.unwrap_or_default().http_status_codes;
        let retried_statuses = match codes.as_str() {
            "" => None,
            text => Some(StatusCodes::parse(text).ok_or_else(|| PolicyError::StatusCodes {
                policy: name.to_owned(),
                value: codes.clone(),
            })?),
        };
        // Any negative number stands for "unlimited".
        let max_retries = self.max_retries.and_then(|max| u32::try_from(max).ok());
        Ok(RetryPolicy { backoff, max_retries, retried_statuses })
    }
}

impl BreakerSpec {
    fn read(self, name: &str) -> Result<BreakerSettings, PolicyError> {
        let trip = match self.trip.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(trip) => Some(
                Expression::compile(trip)
                    .map_err(|source| PolicyError::Trip { policy: name.to_owned(), source })?,
            ),
        };
        let timeout = duration(name, self.timeout, BREAKER_TIMEOUT)?;
        Ok(BreakerSettings {
            max_requests: self.max_requests.max(1),
            interval: duration(name, self.interval, Duration::ZERO)?,
            timeout: if timeout.is_zero() { BREAKER_TIMEOUT } else { timeout },
            trip,
        })
    }
}

fn duration(
    policy: &str,
    value: Option<String>,
    default: Duration,
) -> Result<Duration, PolicyError> {
    let Some(value) = value else { return Ok(default) };
    go_duration::parse(&value)
        .ok_or_else(|| PolicyError::Duration { policy: policy.to_owned(), value })
}
