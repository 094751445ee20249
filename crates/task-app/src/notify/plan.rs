//! reminder.due → one delivery for each channel that is switched on.
//!
//! The event has happened: that the task was completed or deleted since does not take it back. A
//! second copy of it finds the inbox key, and plans nothing.

use chrono::{DateTime, Utc};
use task_contracts::envelope::{CloudEvent, EventData};
use task_contracts::events::ReminderDue;
use task_contracts::names::EventType;
use task_domain::UserId;
use task_store::account::Account;
use task_store::change_set::InboxKey;
use task_store::channel::Channel;
use task_store::delivery::DeliveryDraft;
use task_store::{CommitOutcome, Store, StoreError};
use uuid::Uuid;

use crate::consume::{self, Consumed};
use crate::request::Trace;
use crate::unit_of_work::Work;
use crate::{Platform, Request};

const SOURCE: &str = "taskmaster/notifier";
const CONSUMER: &str = "notifier";

/// What this consumer needs of the event.
struct Ring {
    event_id: Uuid,
    user: UserId,
    trace: Trace,
    /// The event without what the broker added to it.
    message: String,
}

pub(super) async fn plan_deliveries<P: Platform>(platform: &P, request: &Request) -> Consumed {
    let event = match consume::event(request) {
        Ok(event) => event,
        Err(consumed) => return consumed,
    };
    if event.event_type() != EventType::ReminderDue {
        return Consumed::Done;
    }
    let Some(ring) = ring(&event) else {
        tracing::error!(event_id = event.id, "a reminder.due event has an unreadable member");
        return Consumed::Poison;
    };
    match plan(platform, &ring).await {
        Ok(CommitOutcome::Conflict | CommitOutcome::RateLimited { .. }) => Consumed::Retry,
        Ok(_) => Consumed::Done,
        Err(error) => {
            tracing::warn!(event_id = %ring.event_id, %error, "event left for a retry");
            Consumed::Retry
        }
    }
}

fn ring(event: &CloudEvent) -> Option<Ring> {
    let EventData::Reminder(ReminderDue { event_id, user_id, correlation_id, .. }) = &event.data
    else {
        return None;
    };
    let trace = Trace {
        correlation_id: Some(correlation_id.clone()),
        traceparent: event.traceparent.clone(),
    };
    Some(Ring {
        event_id: event_id.parse().ok()?,
        user: UserId(user_id.parse().ok()?),
        trace,
        message: event.to_json(),
    })
}

async fn plan<P: Platform>(platform: &P, ring: &Ring) -> Result<CommitOutcome, StoreError> {
    let store = platform.store();
    let Some(account) = store.account(ring.user.into()).await? else {
        return Ok(CommitOutcome::Gone);
    };
    let Some(set) = store.channels(ring.user.into()).await? else {
        return Ok(CommitOutcome::Gone);
    };
    let work = Work::new(platform, ring.user, SOURCE, ring.trace.clone());
    let first_attempt_at = first_attempt_at(&account, work.at);
    let enabled = set.channels.iter().filter(|channel| channel.enabled);
    let draft = |channel: &Channel| DeliveryDraft {
        id: platform.mint(),
        event_id: ring.event_id,
        event_type: EventType::ReminderDue.as_str().to_owned(),
        channel: channel.id,
        next_attempt_at: first_attempt_at,
        message: ring.message.clone(),
    };
    let mut change_set = work.change_set();
    change_set.inbox = Some(InboxKey { consumer: CONSUMER, event_id: ring.event_id.to_string() });
    change_set.deliveries = enabled.map(draft).collect();
    work.commit(&change_set).await
}

/// At once, or when the user's quiet hours end.
fn first_attempt_at(account: &Account, now: DateTime<Utc>) -> DateTime<Utc> {
    account.quiet_hours.map_or(now, |quiet| quiet.earliest(now, account.timezone))
}
