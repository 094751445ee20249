//! `GET /dapr/subscribe`: which topics this app wants, and which path each known type goes to.
//!
//! There is no default route: a type that no rule names is one that this release does not know,
//! and belongs into the dead letters. Known types that nobody here wants go to a path that
//! acknowledges them.

use dapr_protocol::{Subscription, SubscriptionDocument};
use http::HeaderName;
use task_contracts::names::{EventType, Topic, route};

use crate::request::text_header;
use crate::settings::Subscriptions;
use crate::{Request, Response, Settings};

const DAPR_APP_ID: HeaderName = HeaderName::from_static("dapr-app-id");

/// What a deployment's share of the components consumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    All,
    Recurrence,
    Reminder,
    Notifier,
    Sync,
    Relay,
    /// An app that only answers people.
    None,
}

pub(super) fn answer(settings: &Settings, request: &Request) -> Response {
    let app_id = text_header(request, &DAPR_APP_ID).ok().flatten().unwrap_or_default();
    let subscriptions = match settings.subscriptions {
        Subscriptions::Programmatic => subscriptions(role(settings, app_id), settings),
        // Answering with any would override the operator's own resources.
        Subscriptions::Declarative => Vec::new(),
    };
    SubscriptionDocument(subscriptions).to_http()
}

/// The variable decides; where it says `by-app-id`, the app-id's last word does, so that several
/// apps can run the same manifest unchanged.
fn role(settings: &Settings, app_id: &str) -> Role {
    let word = match settings.role.as_str() {
        "by-app-id" => app_id.rsplit('-').next().unwrap_or_default(),
        role => role,
    };
    match word {
        "recurrence" => Role::Recurrence,
        "reminder" => Role::Reminder,
        "notifier" => Role::Notifier,
        "sync" => Role::Sync,
        "relay" => Role::Relay,
        "api" | "edge" => Role::None,
        _ => Role::All,
    }
}

fn subscriptions(role: Role, settings: &Settings) -> Vec<Subscription> {
    let pubsub = &settings.pubsub_name;
    let has_hub = settings.hub_url.is_some();
    let mut subscriptions: Vec<Subscription> = Topic::ALL
        .into_iter()
        .filter(|topic| topic.event_types().any(|it| taker(role, &it, has_hub).is_some()))
        .map(|topic| subscription(pubsub, topic, role, has_hub))
        .collect();
    if matches!(role, Role::All | Role::Relay) {
        subscriptions.extend(Topic::ALL.map(|topic| {
            Subscription::new(pubsub, topic.dead_letter()).default_route(route::DEAD_LETTER)
        }));
    }
    subscriptions
}

fn subscription(pubsub: &str, topic: Topic, role: Role, has_hub: bool) -> Subscription {
    let subscription =
        Subscription::new(pubsub, topic.as_str()).dead_letter_topic(topic.dead_letter());
    topic.event_types().fold(subscription, |subscription, event_type| {
        let path = taker(role, &event_type, has_hub).unwrap_or(route::IGNORE);
        subscription.rule_for_type(event_type.as_str(), path)
    })
}

/// Who takes an event of this type, if anybody does in this role. An app that holds every component
/// has one subscription for each topic, so each type goes to one of them: a completed task to the
/// recurrence, and its reminders are left to their sweep.
fn taker(role: Role, event_type: &EventType, has_hub: bool) -> Option<&'static str> {
    use EventType::{ReminderDue, TaskCompleted, TaskCreated, TaskDeleted, TaskSync, TaskUpdated};
    match (role, event_type) {
        (Role::All | Role::Recurrence, TaskCompleted) => Some(route::RECURRENCE),
        (Role::All | Role::Reminder, TaskCreated | TaskUpdated | TaskDeleted)
        | (Role::Reminder, TaskCompleted) => Some(route::REMINDER),
        (Role::All | Role::Notifier, ReminderDue) => Some(route::NOTIFY),
        (Role::All | Role::Sync, TaskSync) if has_hub => Some(route::SYNC),
        _ => None,
    }
}
