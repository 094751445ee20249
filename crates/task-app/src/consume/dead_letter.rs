//! Messages that were given up on: stored, so that somebody can look and send them again.

use chrono::{DateTime, Utc};
use serde_json::Value;
use task_contracts::names::EventType;
use task_store::Store;
use task_store::operations::{DeadLetter, DeadLetterKind};

use super::Consumed;
use crate::{Platform, Request, auth};

/// Stores whatever came; nothing is too broken to be kept.
pub async fn bury_dead_letter<P: Platform>(platform: &P, request: &Request) -> Consumed {
    let letter = letter(request.body(), platform.now());
    tracing::error!(
        topic = letter.topic,
        event_id = letter.event_id,
        event_type = letter.event_type,
        reason = letter.reason,
        "a message was given up on; see the dead letters"
    );
    match platform.store().bury(&letter).await {
        Ok(()) => Consumed::Done,
        Err(error) => {
            tracing::warn!(%error, "a dead letter could not be stored yet");
            Consumed::Retry
        }
    }
}

fn letter(body: &[u8], received_at: DateTime<Utc>) -> DeadLetter {
    let envelope: Value = serde_json::from_slice(body).unwrap_or_default();
    let member = |name: &str| envelope.get(name).and_then(Value::as_str).map(str::to_owned);
    let event_type = member("type").unwrap_or_default();
    DeadLetter {
        // The store numbers it.
        id: 0,
        kind: DeadLetterKind::Undeliverable,
        // The copy on a dead-letter topic keeps the topic it was meant for.
        topic: member("topic").unwrap_or_default(),
        // Without an id of its own, equal bodies are the same message.
        event_id: member("id").unwrap_or_else(|| auth::fingerprint(body)),
        reason: reason(&event_type).to_owned(),
        event_type,
        body: String::from_utf8_lossy(body).into_owned(),
        received_at,
        replayed_at: None,
    }
}

fn reason(event_type: &str) -> &'static str {
    match EventType::parse(event_type) {
        // Such as a later major, `task.created.v2`, while its reader is not yet rolled out.
        EventType::Other(_) => "this release does not know the type; replay it to one that does",
        _ => "no consumer could take it; the causes are in the consumer's log",
    }
}
