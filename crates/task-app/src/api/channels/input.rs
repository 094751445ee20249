//! Channels as their owner writes them, checked against what there is. Every fault names its field.

use http::StatusCode;
use notification_protocol::Target;
use notification_protocol::email::Address;
use notification_protocol::web_push::{Subscription, SubscriptionFault, SubscriptionKeys};
use notification_protocol::webhook::{Secret, SecretSet};
use serde::Deserialize;
use task_store::channel::{Channel, ChannelId, ChannelKind, ChannelSet};

use crate::api::Call;
use crate::limits::{CHANNELS_MAX, NAME_CHARS_MAX};
use crate::notify::Secrets;
use crate::problem::FieldProblem;
use crate::{Platform, Problem};

/// The body of `PUT …/channels`: all of them. What is left out is taken away.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ChannelsInput {
    pub(super) channels: Vec<ChannelInput>,
}

/// One channel: new, or with the `id` of one that there is.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ChannelInput {
    id: Option<String>,
    /// `web_push`, `email` or `webhook`.
    #[serde(rename = "type")]
    kind: String,
    name: Option<String>,
    /// True for a new one; otherwise as it was.
    enabled: Option<bool>,
    /// Of a web push channel: `PushSubscription.toJSON()`.
    subscription: Option<PushSubscription>,
    /// Of an email channel.
    address: Option<String>,
    /// Of a webhook: https, on a public host.
    url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct PushSubscription {
    endpoint: String,
    keys: PushKeys,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct PushKeys {
    p256dh: String,
    auth: String,
}

/// A channel that may be stored.
pub(super) struct Parsed {
    pub(super) channel: Channel,
    /// Made for it just now.
    pub(super) revealed: Option<Secret>,
}

/// What a kind's own fields came to; without a target, the one that it had stays.
struct Reached {
    target: Option<String>,
    secrets: Secrets,
    revealed: Option<Secret>,
    usual_name: String,
}

pub(super) struct Reader<'r, P> {
    call: &'r Call<'r, P>,
    held: &'r ChannelSet,
}

impl<'r, P: Platform> Reader<'r, P> {
    pub(super) fn new(call: &'r Call<'r, P>, held: &'r ChannelSet) -> Self {
        Reader { call, held }
    }

    pub(super) fn all(&self, inputs: &[ChannelInput]) -> Result<Vec<Parsed>, Problem> {
        bounded(inputs.len())?;
        let mut parsed: Vec<Parsed> = Vec::with_capacity(inputs.len());
        let mut faults = Vec::new();
        for (index, input) in inputs.iter().enumerate() {
            match self.one(input) {
                Ok(one) if parsed.iter().any(|other| same(&other.channel, &one.channel)) => {
                    faults.push(within(index, FieldProblem::new("type", "this one is twice here")));
                }
                Ok(one) => parsed.push(one),
                Err(fault) => faults.push(within(index, fault)),
            }
        }
        if faults.is_empty() { Ok(parsed) } else { Err(Problem::invalid(faults)) }
    }

    /// One more, or one that there is already: a browser that subscribes again, or a request whose
    /// answer was lost.
    pub(super) fn added(&self, input: &ChannelInput) -> Result<(StatusCode, Parsed), Problem> {
        let new = self.one(input)?;
        let held = self.held.channels.iter().find(|held| same(held, &new.channel));
        match held {
            None => {
                bounded(self.held.channels.len() + 1)?;
                Ok((StatusCode::CREATED, new))
            }
            // Its secret was shown once, and cannot be shown again.
            Some(held) if held.kind == ChannelKind::Webhook && held.id != new.channel.id => {
                let detail = format!("channel {} has this URL; rotate its secret", held.id);
                Err(Problem::conflict(detail))
            }
            Some(held) => {
                let channel = Channel { id: held.id, created_at: held.created_at, ..new.channel };
                Ok((StatusCode::OK, Parsed { channel, revealed: None }))
            }
        }
    }

    fn one(&self, input: &ChannelInput) -> Result<Parsed, FieldProblem> {
        let kind: ChannelKind = input.kind.parse().map_err(|error| fault("type", error))?;
        let before = self.before(input, kind)?;
        let Reached { target, secrets, revealed, usual_name } =
            self.reached(input, kind, before)?;
        let name = match input.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
            Some(name) if name.chars().count() > NAME_CHARS_MAX => {
                return Err(fault("name", format!("at most {NAME_CHARS_MAX} characters")));
            }
            Some(name) if name.chars().any(char::is_control) => {
                return Err(fault("name", "on one line"));
            }
            Some(name) => name.to_owned(),
            None => before.map_or(usual_name, |before| before.name.clone()),
        };
        let enabled = input.enabled.unwrap_or(before.is_none_or(|before| before.enabled));
        let channel = Channel {
            id: before.map_or_else(|| ChannelId(self.call.platform.mint()), |before| before.id),
            kind,
            name,
            target: target.or(before.map(|before| before.target.clone())).unwrap_or_default(),
            secrets: secrets.write(),
            enabled,
            disabled_reason: before
                .filter(|_| !enabled)
                .and_then(|before| before.disabled_reason.clone()),
            created_at: before.map_or_else(|| self.call.platform.now(), |it| it.created_at),
        };
        Ok(Parsed { channel, revealed })
    }

    fn before(
        &self,
        input: &ChannelInput,
        kind: ChannelKind,
    ) -> Result<Option<&'r Channel>, FieldProblem> {
        let Some(id) = &input.id else { return Ok(None) };
        let found = self.held.channels.iter().find(|held| held.id.to_string() == *id);
        match found {
            Some(found) if found.kind == kind => Ok(Some(found)),
            Some(_) => Err(fault("type", "a channel keeps its type; add another one")),
            None => Err(fault("id", "no channel has this id; leave it out for a new one")),
        }
    }

    fn reached(
        &self,
        input: &ChannelInput,
        kind: ChannelKind,
        before: Option<&Channel>,
    ) -> Result<Reached, FieldProblem> {
        match kind {
            ChannelKind::WebPush => self.web_push(input.subscription.as_ref(), before),
            ChannelKind::Email => self.email(input.address.as_deref(), before),
            ChannelKind::Webhook => self.webhook(input.url.as_deref(), before),
        }
    }

    fn web_push(
        &self,
        given: Option<&PushSubscription>,
        before: Option<&Channel>,
    ) -> Result<Reached, FieldProblem> {
        let notification = &self.call.settings.notification;
        let Some(given) = given else { return kept("subscription", before) };
        if notification.vapid_key().is_none() {
            return Err(fault("type", "web push is not configured here"));
        }
        let keys =
            SubscriptionKeys { p256dh: given.keys.p256dh.clone(), auth: given.keys.auth.clone() };
        let subscription = Subscription::parse(&given.endpoint, &keys, notification.reach())
            .map_err(|error| {
                let field = match error {
                    SubscriptionFault::Endpoint(_) => "subscription.endpoint",
                    SubscriptionFault::PublicKey => "subscription.keys.p256dh",
                    SubscriptionFault::Auth => "subscription.keys.auth",
                };
                fault(field, error)
            })?;
        Ok(Reached {
            target: Some(subscription.endpoint().as_str().to_owned()),
            secrets: Secrets::WebPush(keys),
            revealed: None,
            usual_name: format!("Browser at {}", subscription.endpoint().host()),
        })
    }

    fn email(
        &self,
        given: Option<&str>,
        before: Option<&Channel>,
    ) -> Result<Reached, FieldProblem> {
        let Some(given) = given else { return kept("address", before) };
        if self.call.settings.notification.mail().is_none() {
            return Err(fault("type", "no email binding is configured"));
        }
        let address = Address::parse(given).map_err(|error| fault("address", error))?;
        Ok(Reached {
            target: Some(address.as_str().to_owned()),
            secrets: Secrets::Email,
            revealed: None,
            usual_name: address.as_str().to_owned(),
        })
    }

    fn webhook(
        &self,
        given: Option<&str>,
        before: Option<&Channel>,
    ) -> Result<Reached, FieldProblem> {
        let Some(given) = given else { return kept("url", before) };
        let target = Target::parse(given, self.call.settings.notification.reach())
            .map_err(|error| fault("url", error))?;
        let (secrets, revealed) = match before.and_then(Secrets::of) {
            Some(secrets) => (secrets, None),
            None => {
                let secret = Secret::generate(|bytes| self.call.platform.fill_random(bytes));
                (Secrets::Webhook(SecretSet::new(secret.clone())), Some(secret))
            }
        };
        Ok(Reached {
            target: Some(target.as_str().to_owned()),
            secrets,
            revealed,
            usual_name: target.host().to_owned(),
        })
    }
}

/// A channel that was there may leave out what it is reached by.
fn kept(field: &str, before: Option<&Channel>) -> Result<Reached, FieldProblem> {
    let secrets = before.and_then(Secrets::of);
    let secrets = secrets.ok_or_else(|| fault(field, "is missing"))?;
    Ok(Reached { target: None, secrets, revealed: None, usual_name: String::new() })
}

/// Whether both would tell the same receiver.
fn same(one: &Channel, other: &Channel) -> bool {
    one.id == other.id || (one.kind == other.kind && one.target == other.target)
}

fn bounded(count: usize) -> Result<(), Problem> {
    if count <= CHANNELS_MAX {
        return Ok(());
    }
    Err(Problem::invalid_field("channels", format!("at most {CHANNELS_MAX}")))
}

fn within(index: usize, fault: FieldProblem) -> FieldProblem {
    FieldProblem::new(format!("channels[{index}].{}", fault.field), fault.detail)
}

fn fault(field: &str, detail: impl ToString) -> FieldProblem {
    FieldProblem::new(field, detail.to_string())
}
