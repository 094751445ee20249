//! A user's channels as the one column they are kept in, and back. Knows no engine.

use chrono::DateTime;
use serde::{Deserialize, Serialize};

use crate::channel::{Channel, ChannelId, ChannelKind};

#[derive(Serialize, Deserialize)]
pub(crate) struct ChannelColumn {
    id: String,
    kind: String,
    name: String,
    target: String,
    secrets: String,
    enabled: bool,
    disabled_reason: Option<String>,
    created_at: i64,
}

pub(crate) fn column(channel: &Channel) -> ChannelColumn {
    ChannelColumn {
        id: channel.id.to_string(),
        kind: channel.kind.as_str().to_owned(),
        name: channel.name.clone(),
        target: channel.target.clone(),
        secrets: channel.secrets.clone(),
        enabled: channel.enabled,
        disabled_reason: channel.disabled_reason.clone(),
        created_at: channel.created_at.timestamp_millis(),
    }
}

/// `None` for what this release does not know.
pub(crate) fn channel(column: ChannelColumn) -> Option<Channel> {
    Some(Channel {
        id: ChannelId(column.id.parse().ok()?),
        kind: column.kind.parse::<ChannelKind>().ok()?,
        name: column.name,
        target: column.target,
        secrets: column.secrets,
        enabled: column.enabled,
        disabled_reason: column.disabled_reason,
        created_at: DateTime::from_timestamp_millis(column.created_at)?,
    })
}
