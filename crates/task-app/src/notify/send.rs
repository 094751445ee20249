//! One attempt: the request for a channel, and what its answer means for delivery and channel.

use chrono::{DateTime, Utc};
use dapr_protocol::DaprEndpoint;
use dapr_protocol::bindings::{BindingOutcome, InvokeBinding};
use http::StatusCode;
use notification_protocol::email::{Address, Email};
use notification_protocol::web_push::{Ephemeral, PushFault, PushMessage, Subscription};
use notification_protocol::webhook::{SecretSet, WebhookMessage};
use notification_protocol::{Schedule, Target, Verdict, web_push, webhook};
use serde_json::Value;
use task_store::channel::{Channel, ChannelKind};
use task_store::delivery::{AfterAttempt, Attempt, ChannelVerdict, Delivery, DueDelivery};

use super::Secrets;
use super::notice::Notice;
use crate::limits::DELIVERY_TIMEOUT;
use crate::ports::OutboundError;
use crate::{Platform, Request, Response, Settings};

/// What is said about an attempt may come from a stranger's server.
const REASON_CHARS_MAX: usize = 300;

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finish {
    /// `None` when there was nobody to try.
    pub(super) attempt: Option<Attempt>,
    pub(super) after: AfterAttempt,
    pub(super) channel: ChannelVerdict,
}

/// Why nothing can be sent; it will not be otherwise the next time.
type Unsendable = String;

pub(super) async fn attempt<P: Platform>(
    platform: &P,
    settings: &Settings,
    due: &DueDelivery,
) -> Finish {
    let Some(channel) = due.channel.as_ref().filter(|channel| channel.enabled) else {
        return Finish {
            attempt: None,
            after: AfterAttempt::Cancelled,
            channel: ChannelVerdict::Keep,
        };
    };
    let at = platform.now();
    let request = match request(platform, settings, channel, &due.delivery) {
        Ok(request) => request,
        Err(reason) => {
            let attempt = Attempt { at, status: None, error: Some(reason), latency_ms: 0 };
            return Finish {
                attempt: Some(attempt),
                after: AfterAttempt::Failed,
                channel: ChannelVerdict::Keep,
            };
        }
    };
    let answered = platform.send(request, DELIVERY_TIMEOUT).await;
    let now = platform.now();
    let latency_ms = u32::try_from((now - at).num_milliseconds()).unwrap_or_default();
    let status = answered.as_ref().ok().map(|answer| answer.status().as_u16());
    let verdict = verdict(channel.kind, &answered, now);
    let attempts_made = due.delivery.attempts.len() + 1;
    let (after, channel_verdict) = consequences(channel.kind, attempts_made, &verdict, now);
    let error = reason(verdict);
    let attempt = Attempt { at, status, error, latency_ms };
    Finish { attempt: Some(attempt), after, channel: channel_verdict }
}

fn request<P: Platform>(
    platform: &P,
    settings: &Settings,
    channel: &Channel,
    delivery: &Delivery,
) -> Result<Request, Unsendable> {
    let public_url = settings.notification.public_url.as_deref();
    let notice = Notice::parse(&delivery.message, public_url)
        .ok_or_else(|| "the stored message cannot be read".to_owned())?;
    match Secrets::of(channel) {
        Some(Secrets::WebPush(keys)) => {
            let reach = settings.notification.reach();
            let subscription = Subscription::parse(&channel.target, &keys, reach)
                .map_err(|error| error.to_string())?;
            push(platform, settings, &subscription, delivery, &notice)
        }
        Some(Secrets::Webhook(secrets)) => {
            webhook(platform, settings, channel, &secrets, delivery, &notice)
        }
        Some(Secrets::Email) => mail(settings, channel, &notice),
        None => Err("the channel's secrets cannot be read".to_owned()),
    }
}

fn push<P: Platform>(
    platform: &P,
    settings: &Settings,
    subscription: &Subscription,
    delivery: &Delivery,
    notice: &Notice,
) -> Result<Request, Unsendable> {
    let key = settings.notification.vapid_key().ok_or("web push is not configured")?;
    let payload = notice.push_payload().ok_or("the message cannot be written")?;
    let message = PushMessage { id: delivery.id, payload: &payload };
    loop {
        let mut ephemeral = Ephemeral { salt: [0; 16], private_key: [0; 32] };
        platform.fill_random(&mut ephemeral.salt);
        platform.fill_random(&mut ephemeral.private_key);
        match message.to_http(subscription, &key, &ephemeral, platform.now()) {
            Err(PushFault::Chance) => {}
            outcome => return outcome.map_err(|error| error.to_string()),
        }
    }
}

fn webhook<P: Platform>(
    platform: &P,
    settings: &Settings,
    channel: &Channel,
    secrets: &SecretSet,
    delivery: &Delivery,
    notice: &Notice,
) -> Result<Request, Unsendable> {
    let target = Target::parse(&channel.target, settings.notification.reach())
        .map_err(|error| error.to_string())?;
    let data = notice.webhook_data().ok_or("the message cannot be written")?;
    let message = WebhookMessage {
        id: &delivery.id.to_string(),
        event_type: notice.event_type(),
        timestamp: notice.timestamp(),
        data: &data,
    };
    message.to_http(&target, secrets, platform.now()).map_err(|error| error.to_string())
}

fn mail(settings: &Settings, channel: &Channel, notice: &Notice) -> Result<Request, Unsendable> {
    let mail = settings.notification.mail().ok_or("no email binding is configured")?;
    let to = Address::parse(&channel.target).map_err(|error| error.to_string())?;
    let email = notice
        .with_email(|content| Email::new(mail.from.clone(), to, content))
        .ok_or("the message cannot be written")?;
    let metadata = email.metadata().map(|(name, value)| (name.to_owned(), value));
    let call = InvokeBinding {
        name: mail.binding,
        operation: "create".to_owned(),
        data: Some(Value::String(email.html)),
        metadata: metadata.into(),
    };
    let dapr = DaprEndpoint::new(&settings.dapr_url, settings.dapr_api_token.as_deref());
    let request = dapr.and_then(|dapr| call.to_http(&dapr));
    request.map_err(|error| error.to_string())
}

fn verdict(
    kind: ChannelKind,
    answered: &Result<Response, OutboundError>,
    now: DateTime<Utc>,
) -> Verdict {
    let answer = match answered {
        Ok(answer) => answer,
        Err(error @ OutboundError::Denied(_)) => {
            return Verdict::Refused { reason: error.to_string() };
        }
        Err(error) => return Verdict::Retry { reason: error.to_string(), after: None },
    };
    match kind {
        ChannelKind::WebPush => web_push::verdict(answer.status(), answer.headers(), now),
        ChannelKind::Webhook => webhook::verdict(answer.status(), answer.headers(), now),
        ChannelKind::Email => match BindingOutcome::read(answer) {
            BindingOutcome::Invoked(_) => Verdict::Delivered,
            // What the sidecar cannot read, it never will. All else is 500: a mail server that is
            // away looks like one that refuses.
            BindingOutcome::Refused(refusal) if refusal.status == StatusCode::BAD_REQUEST => {
                Verdict::Refused { reason: refusal.message }
            }
            BindingOutcome::Refused(refusal) => {
                Verdict::Retry { reason: refusal.message, after: None }
            }
        },
    }
}

fn consequences(
    kind: ChannelKind,
    attempts_made: usize,
    verdict: &Verdict,
    now: DateTime<Utc>,
) -> (AfterAttempt, ChannelVerdict) {
    match verdict {
        Verdict::Delivered => (AfterAttempt::Delivered, ChannelVerdict::Keep),
        Verdict::Refused { .. } => (AfterAttempt::Failed, ChannelVerdict::Keep),
        Verdict::Gone { reason } => {
            let channel = match kind {
                // A browser that subscribes again brings a new endpoint; this one is of no use.
                ChannelKind::WebPush => ChannelVerdict::Remove,
                // Its owner may switch it on again, with the secret it has.
                ChannelKind::Webhook | ChannelKind::Email => {
                    ChannelVerdict::Disable { reason: reason.clone() }
                }
            };
            (AfterAttempt::Failed, channel)
        }
        Verdict::Retry { after, .. } => {
            let schedule = match kind {
                ChannelKind::Webhook => Schedule::PROGRAMS,
                ChannelKind::WebPush | ChannelKind::Email => Schedule::PEOPLE,
            };
            let after = match schedule.wait_after(attempts_made, *after) {
                Some(wait) => AfterAttempt::RetryAt(now + wait),
                None => AfterAttempt::Failed,
            };
            (after, ChannelVerdict::Keep)
        }
    }
}

fn reason(verdict: Verdict) -> Option<String> {
    match verdict {
        Verdict::Delivered => None,
        Verdict::Retry { reason, .. } | Verdict::Refused { reason } | Verdict::Gone { reason } => {
            Some(reason.chars().take(REASON_CHARS_MAX).collect())
        }
    }
}
