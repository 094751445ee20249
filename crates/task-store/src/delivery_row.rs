//! A delivery as columns, and back. Knows no engine.

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use task_domain::UserId;

use crate::channel::ChannelId;
use crate::delivery::{Attempt, Delivery, DeliveryDraft, DeliveryState};
use crate::row::Row;
use crate::store::StoreError;

#[derive(Serialize)]
pub(crate) struct DraftColumns<'d> {
    id: String,
    event_id: String,
    event_type: &'d str,
    channel: String,
    next_attempt_at: i64,
    message: &'d str,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct AttemptColumn {
    at: i64,
    status: Option<u16>,
    error: Option<String>,
    latency_ms: u32,
}

pub(crate) fn draft_columns(draft: &DeliveryDraft) -> DraftColumns<'_> {
    DraftColumns {
        id: draft.id.to_string(),
        event_id: draft.event_id.to_string(),
        event_type: &draft.event_type,
        channel: draft.channel.to_string(),
        next_attempt_at: draft.next_attempt_at.timestamp_millis(),
        message: &draft.message,
    }
}

pub(crate) fn attempt_column(attempt: &Attempt) -> AttemptColumn {
    AttemptColumn {
        at: attempt.at.timestamp_millis(),
        status: attempt.status,
        error: attempt.error.clone(),
        latency_ms: attempt.latency_ms,
    }
}

/// Reads id, user_id, event_id, event_type, channel, kind, target, state, next_attempt_at,
/// attempts, created_at, finished_at, message; `None` where a join found no delivery.
pub(crate) fn read(row: &mut Row) -> Result<Option<Delivery>, StoreError> {
    let Some(id) = row.text_or_null("id")? else { return Ok(None) };
    Ok(Some(Delivery {
        id: id.parse().map_err(|_| row.unreadable("id"))?,
        user: UserId(row.uuid("user_id")?),
        event_id: row.uuid("event_id")?,
        event_type: row.text("event_type")?,
        channel: ChannelId(row.uuid("channel")?),
        kind: row.parsed("kind")?,
        target: row.text("target")?,
        state: row.one_of("state", DeliveryState::ALL, DeliveryState::as_str)?,
        next_attempt_at: row.instant_or_null("next_attempt_at")?,
        attempts: row.list("attempts", attempt)?,
        created_at: row.instant("created_at")?,
        finished_at: row.instant_or_null("finished_at")?,
        message: row.text("message")?,
    }))
}

fn attempt(column: AttemptColumn) -> Option<Attempt> {
    Some(Attempt {
        at: DateTime::from_timestamp_millis(column.at)?,
        status: column.status,
        error: column.error,
        latency_ms: column.latency_ms,
    })
}
