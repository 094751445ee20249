//! What stands on a broker's topics, asked of the broker itself: no sidecar can hide anything.

#![expect(clippy::expect_used, reason = "what a broker's own tools do not say fails the test")]

mod kafka;
mod rabbitmq;
mod redis;

use real_engines::Engine;
use serde_json::Value;
use task_contracts::names::Topic;

pub use self::kafka::on_the_console;
use super::BrokerKind;
use crate::topics::Topics;

const OF_THE_TRACE: [&str; 3] = ["traceid", "traceparent", "tracestate"];

pub(super) trait Look: Send + Sync {
    /// What the broker says it is.
    fn version(&self) -> String;

    /// Everything that was ever published, each topic in the order of the broker.
    fn topics(&self) -> Topics;
}

/// Begins to look on, before anything is published.
pub(super) fn at(broker: BrokerKind, engine: &dyn Engine) -> Box<dyn Look> {
    match broker {
        BrokerKind::Kafka => Box::new(kafka::Logs::at(engine)),
        BrokerKind::Redis => Box::new(redis::Streams::at(engine)),
        BrokerKind::RabbitMq => Box::new(rabbitmq::Tap::at(engine)),
    }
}

/// A message as an event; `null` when it is none. Without what a sidecar writes into an event that
/// was made outside of any trace: it differs when the same event is published again.
fn event_of(message: &str) -> Value {
    let mut event: Value = serde_json::from_str(message).unwrap_or_default();
    if let Some(attributes) = event.as_object_mut() {
        attributes.retain(|name, _| !OF_THE_TRACE.contains(&name.as_str()));
    }
    event
}

/// Every topic of the app, dead letters included.
fn names() -> impl Iterator<Item = &'static str> {
    Topic::ALL.into_iter().flat_map(|topic| [topic.as_str(), topic.dead_letter()])
}
