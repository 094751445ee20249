//! `/admin/dead-letters`: look at what was given up on, and send it again.

use bytes::Bytes;
use dapr_protocol::{
    DaprEndpoint, PublishOptions, PublishOutcome, PublishRequest, RequestMetadata,
};
use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use task_store::Store;
use task_store::operations::{DeadLetter, DeadLetterKind};

use crate::limits::{PAGE_DEFAULT, PAGE_MAX, PUBLISH_TIMEOUT};
use crate::{Platform, Problem, Request, Response, Settings, auth, convert, request};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LettersQuery {
    /// The last `id` of the page before.
    after: Option<i64>,
    limit: Option<u32>,
}

#[derive(Serialize)]
struct Letters {
    dead_letters: Vec<Letter>,
}

#[derive(Serialize)]
struct Letter {
    id: i64,
    /// `undeliverable` or `parked`.
    kind: &'static str,
    topic: String,
    event_id: String,
    event_type: String,
    reason: String,
    received_at: String,
    replayed_at: Option<String>,
    /// The message, when one letter is asked for; text when it is not JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Value>,
}

pub(super) async fn handle<P: Platform>(
    platform: &P,
    settings: &Settings,
    request: &Request,
) -> Response {
    dispatch(platform, settings, request).await.unwrap_or_else(Problem::into_response)
}

async fn dispatch<P: Platform>(
    platform: &P,
    settings: &Settings,
    request: &Request,
) -> Result<Response, Problem> {
    auth::admit_operator(request, settings)?;
    let path: Vec<&str> = request.uri().path().trim_matches('/').split('/').collect();
    match (request.method(), path.as_slice()) {
        (&Method::GET, ["admin", "dead-letters"]) => list(platform, request).await,
        (&Method::GET, ["admin", "dead-letters", id]) => {
            let letter = find(platform, id).await?;
            let message = serde_json::from_str(&letter.body);
            let message = message.unwrap_or_else(|_| Value::String(letter.body.clone()));
            Ok(json(&Letter { message: Some(message), ..Letter::from(letter) }))
        }
        (&Method::POST, ["admin", "dead-letters", id, "replay"]) => {
            let letter = find(platform, id).await?;
            replay(platform, settings, letter).await
        }
        (_, ["admin", "dead-letters"] | ["admin", "dead-letters", _]) => {
            Err(Problem::method_not_allowed("GET"))
        }
        (_, ["admin", "dead-letters", _, "replay"]) => Err(Problem::method_not_allowed("POST")),
        _ => Err(Problem::not_found("see /admin/dead-letters")),
    }
}

async fn list<P: Platform>(platform: &P, request: &Request) -> Result<Response, Problem> {
    let query: LettersQuery = request::query(request)?;
    let limit = query.limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX);
    let letters = platform.store().dead_letters(query.after, limit).await?;
    Ok(json(&Letters { dead_letters: letters.into_iter().map(Letter::from).collect() }))
}

async fn find<P: Platform>(platform: &P, id: &str) -> Result<DeadLetter, Problem> {
    let unknown = || Problem::not_found(format!("there is no dead letter {id}"));
    let id = id.parse().map_err(|_| unknown())?;
    platform.store().dead_letter(id).await?.ok_or_else(unknown)
}

/// A parked event goes back into the outbox; any other message is published to its topic again,
/// under its own id, so that a consumer which did take it once does not take it twice.
async fn replay<P: Platform>(
    platform: &P,
    settings: &Settings,
    letter: DeadLetter,
) -> Result<Response, Problem> {
    if letter.kind == DeadLetterKind::Undeliverable {
        publish(platform, settings, &letter).await?;
    }
    let now = platform.now();
    platform.store().mark_replayed(&letter, now).await?;
    Ok(json(&Letter::from(DeadLetter { replayed_at: Some(now), ..letter })))
}

async fn publish<P: Platform>(
    platform: &P,
    settings: &Settings,
    letter: &DeadLetter,
) -> Result<(), Problem> {
    if letter.topic.is_empty() {
        return Err(Problem::conflict("the message names no topic to send it to"));
    }
    let token = settings.dapr_api_token.as_deref();
    let dapr = DaprEndpoint::new(&settings.dapr_url, token).map_err(|error| {
        tracing::error!(%error, "the sidecar cannot be addressed; check dapr_url");
        Problem::unavailable()
    })?;
    let request = PublishRequest {
        options: PublishOptions { metadata: metadata(letter) },
        ..PublishRequest::cloud_event(
            &settings.pubsub_name,
            &letter.topic,
            Bytes::from(letter.body.clone()),
        )
    };
    let request = request.to_http(&dapr).map_err(|error| Problem::conflict(error.to_string()))?;
    let response = platform.send(request, PUBLISH_TIMEOUT).await.map_err(|error| {
        tracing::warn!(%error, "a dead letter could not be replayed");
        Problem::unavailable()
    })?;
    match PublishOutcome::read(&response) {
        PublishOutcome::Published => Ok(()),
        PublishOutcome::Refused(refusal) => {
            Err(Problem::conflict(format!("the sidecar refused it: {}", refusal.message)))
        }
    }
}

/// The same partition key as the first time: the user, as the subject names it.
fn metadata(letter: &DeadLetter) -> RequestMetadata {
    let envelope: Value = serde_json::from_str(&letter.body).unwrap_or_default();
    let subject = envelope.get("subject").and_then(Value::as_str).unwrap_or_default();
    match subject.split('/').nth(1) {
        Some(user) => RequestMetadata::default().with_partition_key(user),
        None => RequestMetadata::default(),
    }
}

impl From<DeadLetter> for Letter {
    fn from(letter: DeadLetter) -> Self {
        Letter {
            id: letter.id,
            kind: match letter.kind {
                DeadLetterKind::Undeliverable => "undeliverable",
                DeadLetterKind::Parked => "parked",
            },
            topic: letter.topic,
            event_id: letter.event_id,
            event_type: letter.event_type,
            reason: letter.reason,
            received_at: convert::instant(letter.received_at),
            replayed_at: letter.replayed_at.map(convert::instant),
            message: None,
        }
    }
}

fn json(body: &impl Serialize) -> Response {
    crate::api::json(StatusCode::OK, body)
}
