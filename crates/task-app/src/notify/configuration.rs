//! What an operator sets up for each kind of channel. A kind that is not set up is not offered.

use notification_protocol::Reach;
use notification_protocol::email::Address;
use notification_protocol::web_push::VapidKey;

/// The variables of this module, as they were given.
#[derive(Clone, Default)]
pub struct Notification {
    /// Where people open the application.
    pub public_url: Option<String>,
    pub vapid_private_key: Option<String>,
    /// Whom a push service may ask: `mailto:…` or `https://…`.
    pub vapid_subject: Option<String>,
    /// The Dapr binding that sends mail.
    pub email_binding: Option<String>,
    pub email_from: Option<String>,
    /// Lets channels lead to plain `http` and to inner addresses. For development and tests.
    pub allow_http: bool,
    pub sending: Sending,
}

/// When deliveries are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sending {
    /// At once, and on every tick, each time when the answer is out.
    #[default]
    AfterAnswer,
    /// Only inside a tick, before its answer: the sidecar can then see to it that no two are sent
    /// at a time.
    InTick,
}

/// How mail leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) binding: String,
    pub(crate) from: Address,
}

impl Notification {
    pub(crate) fn read(get: impl Fn(&'static str) -> Option<String>) -> Self {
        Notification {
            public_url: get("public_url").map(|url| url.trim_end_matches('/').to_owned()),
            vapid_private_key: get("vapid_private_key"),
            vapid_subject: get("vapid_subject"),
            email_binding: get("email_binding"),
            email_from: get("email_from"),
            allow_http: get("webhook_allow_http").as_deref() == Some("true"),
            sending: match get("sending").as_deref() {
                Some("in_tick") => Sending::InTick,
                _ => Sending::AfterAnswer,
            },
        }
    }

    pub(crate) fn reach(&self) -> Reach {
        if self.allow_http { Reach::Anywhere } else { Reach::Public }
    }

    /// `None` where web push is not set up, or not set up right; then the log says why.
    pub(crate) fn vapid_key(&self) -> Option<VapidKey> {
        let private_key = self.vapid_private_key.as_deref()?;
        let subject = self.vapid_subject.as_deref().unwrap_or_default();
        VapidKey::parse(private_key, subject)
            .inspect_err(|error| tracing::error!(%error, "web push is not configured"))
            .ok()
    }

    /// `None` where mail is not set up, or not set up right; then the log says why.
    pub(crate) fn mail(&self) -> Option<Mail> {
        let binding = self.email_binding.clone()?;
        let from = self.email_from.as_deref().unwrap_or_default();
        let from = Address::parse(from)
            .inspect_err(|error| tracing::error!(%error, "the variable `email_from`"))
            .ok()?;
        Some(Mail { binding, from })
    }
}
