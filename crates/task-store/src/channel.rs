//! Where a user wants to be reached. A user's channels are one value with one version; it is
//! replaced as a whole.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ChannelId(pub Uuid);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChannelKind {
    WebPush,
    Email,
    Webhook,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    pub id: ChannelId,
    pub kind: ChannelKind,
    pub name: String,
    /// An endpoint, an address or a URL, as the kind has it.
    pub target: String,
    /// What the kind needs to reach its target, as JSON text that only its writer reads.
    pub secrets: String,
    pub enabled: bool,
    /// Why it was switched off, when the other side was the reason.
    pub disabled_reason: Option<String>,
    pub created_at: DateTime<Utc>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelSet {
    /// Raised by every change; 0 as long as there was none.
    pub version: u64,
    pub channels: Vec<Channel>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PutChannels {
    Done {
        version: u64,
    },
    /// The set is no longer the version that was expected.
    Conflict,
    /// No live user row.
    Gone,
}

impl ChannelKind {
    pub fn as_str(self) -> &'static str {
        match self {
            ChannelKind::WebPush => "web_push",
            ChannelKind::Email => "email",
            ChannelKind::Webhook => "webhook",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not web_push, email or webhook")]
pub struct UnknownChannelKind;

impl FromStr for ChannelKind {
    type Err = UnknownChannelKind;

    fn from_str(text: &str) -> Result<Self, UnknownChannelKind> {
        [ChannelKind::WebPush, ChannelKind::Email, ChannelKind::Webhook]
            .into_iter()
            .find(|it| it.as_str() == text)
            .ok_or(UnknownChannelKind)
    }
}

impl fmt::Display for ChannelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
