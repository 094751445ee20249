//! Channels as their owner sees them: secrets are shown when they are made, and hinted at later.

use serde::Serialize;
use task_store::channel::{Channel, ChannelKind};

use super::input::Parsed;
use crate::convert;
use crate::notify::{Notification, Secrets};

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ChannelList {
    channels: Vec<ChannelView>,
    /// The `applicationServerKey` for `pushManager.subscribe`; `null` when web push is not offered.
    vapid_public_key: Option<String>,
    /// The types that this deployment can send to.
    offered: Vec<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ChannelView {
    id: String,
    /// `web_push`, `email` or `webhook`.
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    enabled: bool,
    /// Why it was switched off, when the other side was the reason.
    disabled_reason: Option<String>,
    created_at: String,
    /// Of a web push channel: the browser's endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<String>,
    /// Of an email channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// Of a webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// Of a webhook, and only in the answer that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// The end of a webhook's secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_hint: Option<String>,
}

impl ChannelList {
    pub(super) fn new(channels: Vec<ChannelView>, notification: &Notification) -> Self {
        let vapid_public_key = notification.vapid_key().map(|key| key.public_key().to_owned());
        let kinds = [
            (ChannelKind::WebPush, vapid_public_key.is_some()),
            (ChannelKind::Email, notification.mail().is_some()),
            (ChannelKind::Webhook, true),
        ];
        let offered = kinds.into_iter().filter(|(_, offered)| *offered);
        let offered = offered.map(|(kind, _)| kind.as_str()).collect();
        ChannelList { channels, vapid_public_key, offered }
    }
}

pub(super) fn of(parsed: &Parsed) -> ChannelView {
    let secret = parsed.revealed.as_ref().map(|secret| secret.reveal());
    ChannelView { secret, ..hidden(&parsed.channel) }
}

pub(super) fn hidden(channel: &Channel) -> ChannelView {
    let target_of = |kind| (channel.kind == kind).then(|| channel.target.clone());
    let secret_hint = match Secrets::of(channel) {
        Some(Secrets::Webhook(secrets)) => secrets.newest().map(|secret| secret.hint()),
        _ => None,
    };
    ChannelView {
        id: channel.id.to_string(),
        kind: channel.kind.as_str(),
        name: channel.name.clone(),
        enabled: channel.enabled,
        disabled_reason: channel.disabled_reason.clone(),
        created_at: convert::instant(channel.created_at),
        endpoint: target_of(ChannelKind::WebPush),
        address: target_of(ChannelKind::Email),
        url: target_of(ChannelKind::Webhook),
        secret: None,
        secret_hint,
    }
}
