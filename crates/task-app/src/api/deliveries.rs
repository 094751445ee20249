//! The delivery log: what was sent where, what came of each attempt, and sending it again.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use task_store::channel::ChannelId;
use task_store::delivery::{Attempt, Delivery, DeliveryQuery, DeliveryState};
use task_store::{Caller, Store};
use uuid::Uuid;

use super::lists::within;
use super::{Call, answer, gone};
use crate::limits::{PAGE_DEFAULT, PAGE_MAX};
use crate::{Platform, Problem, Response, convert, request};

/// Query parameters of `GET …/deliveries`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(default)]
pub(crate) struct DeliveriesQuery {
    /// `pending`, `delivered`, `failed` or `cancelled`.
    state: Option<String>,
    /// A channel's id.
    channel: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

/// The latest first.
#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct DeliveryList {
    deliveries: Vec<DeliveryView>,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct DeliveryView {
    /// The `webhook-id`, and what a push message's topic is made of: the same in every attempt.
    id: String,
    event_id: String,
    event_type: String,
    channel_id: String,
    /// `web_push`, `email` or `webhook`.
    channel_type: &'static str,
    target: String,
    state: &'static str,
    next_attempt_at: Option<String>,
    attempts: Vec<AttemptView>,
    created_at: String,
    finished_at: Option<String>,
    /// The event; only when a single delivery is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Value>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct AttemptView {
    at: String,
    /// The status of the answer; `null` when there was none.
    status: Option<u16>,
    error: Option<String>,
    latency_ms: u32,
}

pub(crate) async fn list<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let query: DeliveriesQuery = request::query(call.request)?;
    let query = DeliveryQuery {
        state: query.state.as_deref().map(parse_state).transpose()?,
        channel: query.channel.as_deref().map(parse_channel).transpose()?,
        before: query.cursor.filter(|cursor| !cursor.is_empty()),
        limit: within("limit", query.limit, PAGE_DEFAULT, PAGE_MAX)?,
    };
    let page = call.platform.store().deliveries(caller, &query).await?.ok_or_else(gone)?;
    let list = DeliveryList {
        deliveries: page.deliveries.iter().map(view).collect(),
        next_cursor: page.next_cursor,
    };
    Ok(answer::json(StatusCode::OK, &list))
}

pub(crate) async fn read<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: Uuid,
) -> Result<Response, Problem> {
    let found = call.platform.store().delivery(caller, id).await?.ok_or_else(gone)?;
    let delivery = found.ok_or_else(unknown)?;
    let message = serde_json::from_str(&delivery.message).ok();
    Ok(answer::json(StatusCode::OK, &DeliveryView { message, ..view(&delivery) }))
}

/// The next tick sends it, with the id that it had.
pub(crate) async fn replay<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: Uuid,
) -> Result<Response, Problem> {
    let now = call.platform.now();
    let replayed = call.platform.store().replay_delivery(caller, id, now).await?;
    let delivery = replayed.ok_or_else(unknown)?;
    Ok(answer::json(StatusCode::OK, &view(&delivery)))
}

fn unknown() -> Problem {
    Problem::not_found("no delivery has this id, or it is no longer kept")
}

fn parse_state(text: &str) -> Result<DeliveryState, Problem> {
    DeliveryState::ALL
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or_else(|| Problem::invalid_field("state", "pending, delivered, failed or cancelled"))
}

fn parse_channel(text: &str) -> Result<ChannelId, Problem> {
    text.parse().map(ChannelId).map_err(|_| Problem::invalid_field("channel", "a channel's id"))
}

fn view(delivery: &Delivery) -> DeliveryView {
    DeliveryView {
        id: delivery.id.to_string(),
        event_id: delivery.event_id.to_string(),
        event_type: delivery.event_type.clone(),
        channel_id: delivery.channel.to_string(),
        channel_type: delivery.kind.as_str(),
        target: delivery.target.clone(),
        state: delivery.state.as_str(),
        next_attempt_at: delivery.next_attempt_at.map(convert::instant),
        attempts: delivery.attempts.iter().map(attempt).collect(),
        created_at: convert::instant(delivery.created_at),
        finished_at: delivery.finished_at.map(convert::instant),
        message: None,
    }
}

fn attempt(attempt: &Attempt) -> AttemptView {
    AttemptView {
        at: convert::instant(attempt.at),
        status: attempt.status,
        error: attempt.error.clone(),
        latency_ms: attempt.latency_ms,
    }
}
