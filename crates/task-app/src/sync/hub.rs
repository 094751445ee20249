//! task.sync → the realtime hub, which tells it to every device of the user.
//!
//! The hub may be told twice, or late: devices go by the sequence number in the message, and read
//! the change feed where it jumps.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};
use task_contracts::envelope::{CloudEvent, EventData};
use task_contracts::names::EventType;
use uuid::Uuid;

use crate::consume::{self, Consumed};
use crate::limits::HUB_TIMEOUT;
use crate::{Platform, Request, Settings};

/// What the hub calls the event on its own streams of server-sent events.
const EVENT_NAME: HeaderName = HeaderName::from_static("x-eventsource-event");

pub(super) async fn publish<P: Platform>(
    platform: &P,
    settings: &Settings,
    message: &Request,
) -> Consumed {
    let event = match consume::event(message) {
        Ok(event) => event,
        Err(consumed) => return consumed,
    };
    if event.event_type() != EventType::TaskSync {
        return Consumed::Done;
    }
    let Some(hub_url) = &settings.hub_url else {
        // Taken away while messages were on their way: nobody listens there any more.
        return Consumed::Done;
    };
    let Some(post) = post(hub_url, &event) else {
        tracing::error!(event_id = event.id, "a task.sync event has an unreadable member");
        return Consumed::Poison;
    };
    let address = post.uri().clone();
    match platform.send(post, HUB_TIMEOUT).await {
        Ok(answer) if answer.status().is_success() => Consumed::Done,
        Ok(answer) => {
            tracing::warn!(%address, status = %answer.status(), "the hub did not take a change");
            Consumed::Retry
        }
        Err(error) => {
            tracing::warn!(%address, %error, "the hub did not answer");
            Consumed::Retry
        }
    }
}

/// `None` for an event without a user, or without a change.
fn post(hub_url: &str, event: &CloudEvent) -> Option<http::Request<Bytes>> {
    let EventData::Sync(sync) = &event.data else { return None };
    let user = user(event.subject.as_deref()?)?;
    let body = serde_json::to_vec(sync).ok()?;
    http::Request::post(format!("{hub_url}/publish/{user}"))
        .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header(EVENT_NAME, HeaderValue::from_static("change"))
        .body(Bytes::from(body))
        .ok()
}

/// The user of `users/<user>/tasks/<n>`.
fn user(subject: &str) -> Option<Uuid> {
    let (user, _) = subject.strip_prefix("users/")?.split_once('/')?;
    user.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_task_s_subject_names_a_user() {
        let id = "0190a4c5-7a3e-7cc0-8a8e-1f2e3d4c5b6a";
        assert_eq!(user(&format!("users/{id}/tasks/7")), id.parse().ok());
        for subject in ["", "users/", &format!("users/{id}"), "users/me/tasks/1", "tasks/1"] {
            assert_eq!(user(subject), None, "{subject}");
        }
    }
}
