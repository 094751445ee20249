//! One message on its way to one channel: what is still to be sent, by whom, and what came of it.

use chrono::{DateTime, Utc};
use task_domain::UserId;
use uuid::Uuid;

use crate::channel::{Channel, ChannelId, ChannelKind};

/// A delivery as a change sets it up. The store adds kind and target from the user's channel; it
/// ignores a draft for a channel that is not there, and a second one of the same event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryDraft {
    pub id: Uuid,
    pub event_id: Uuid,
    pub event_type: String,
    pub channel: ChannelId,
    pub next_attempt_at: DateTime<Utc>,
    /// The event as JSON text.
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    Pending,
    Delivered,
    Failed,
    Cancelled,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub at: DateTime<Utc>,
    /// The status of the answer, when there was one.
    pub status: Option<u16>,
    pub error: Option<String>,
    pub latency_ms: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: Uuid,
    pub user: UserId,
    pub event_id: Uuid,
    pub event_type: String,
    pub channel: ChannelId,
    pub kind: ChannelKind,
    /// The channel's target when the delivery was set up.
    pub target: String,
    pub state: DeliveryState,
    /// `Some` exactly while it is pending.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// The latest [`ATTEMPTS_KEPT`], earliest first.
    pub attempts: Vec<Attempt>,
    pub created_at: DateTime<Utc>,
    /// `Some` exactly while it is not pending.
    pub finished_at: Option<DateTime<Utc>>,
    /// The event as JSON text.
    pub message: String,
}

/// A delivery that may be replayed for ever keeps no more attempts than this in its row.
pub const ATTEMPTS_KEPT: u32 = 50;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueDelivery {
    pub delivery: Delivery,
    /// `None`: taken away meanwhile.
    pub channel: Option<Channel>,
}

/// Who takes what is due, and for how long nobody else may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryLease {
    pub holder: Uuid,
    pub now: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub limit: u32,
    /// At most so many of one channel, so that one with a long queue leaves room for the others.
    pub per_channel: u32,
}

/// What becomes of a delivery after it was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterAttempt {
    Delivered,
    RetryAt(DateTime<Utc>),
    Failed,
    Cancelled,
}

/// What an attempt taught about the channel itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelVerdict {
    Keep,
    Disable { reason: String },
    Remove,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryQuery {
    pub state: Option<DeliveryState>,
    pub channel: Option<ChannelId>,
    /// A `next_cursor` of an earlier page.
    pub before: Option<String>,
    /// 0 is taken for 1.
    pub limit: u32,
}

/// The latest deliveries first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryPage {
    pub deliveries: Vec<Delivery>,
    pub next_cursor: Option<String>,
}

impl DeliveryState {
    pub const ALL: [DeliveryState; 4] = [
        DeliveryState::Pending,
        DeliveryState::Delivered,
        DeliveryState::Failed,
        DeliveryState::Cancelled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            DeliveryState::Pending => "pending",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Failed => "failed",
            DeliveryState::Cancelled => "cancelled",
        }
    }
}
