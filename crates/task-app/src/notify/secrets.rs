//! What is kept beside a channel's target, as the text that the store holds.

use notification_protocol::web_push::SubscriptionKeys;
use notification_protocol::webhook::SecretSet;
use serde::de::DeserializeOwned;
use task_store::channel::{Channel, ChannelKind};

/// By the channel's kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Secrets {
    WebPush(SubscriptionKeys),
    /// An address needs none.
    Email,
    Webhook(SecretSet),
}

impl Secrets {
    /// `None` for what this release did not write.
    pub(crate) fn of(channel: &Channel) -> Option<Secrets> {
        let secrets = match channel.kind {
            ChannelKind::WebPush => read(&channel.secrets).map(Secrets::WebPush),
            ChannelKind::Email => Some(Secrets::Email),
            ChannelKind::Webhook => read(&channel.secrets).map(Secrets::Webhook),
        };
        if secrets.is_none() {
            tracing::error!(channel = %channel.id, "the secrets of a channel cannot be read");
        }
        secrets
    }

    pub(crate) fn write(&self) -> String {
        let text = match self {
            Secrets::WebPush(keys) => serde_json::to_string(keys),
            Secrets::Email => return "{}".to_owned(),
            Secrets::Webhook(secrets) => serde_json::to_string(secrets),
        };
        // Strings and numbers always serialise.
        text.unwrap_or_default()
    }
}

fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}
