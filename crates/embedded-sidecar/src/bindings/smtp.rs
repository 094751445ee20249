//! `bindings.smtp`: one HTML letter per call, over a connection of its own.
//!
//! Recipients are those of the component, or those of the call; a call leaves nothing behind. In
//! Dapr's own component a call's recipients stick for the calls after it, and calls at the same
//! time mix theirs up. That is not followed here.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use dapr_protocol::bindings::{BindingCall, BindingResponse};
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{SmtpTransport, Transport as _};
use serde_json::Value;

use super::output::{BindingFailure, with_causes};
use crate::resources::{Component, ResourceError};

/// The port on which TLS comes first; on all others it is asked for with STARTTLS.
const IMPLICIT_TLS_PORT: u16 = 465;
/// How long the server may take for each step.
const TIMEOUT: Duration = Duration::from_secs(10);
const DEFAULT_PRIORITY: u8 = 3;

pub(crate) struct SmtpBinding {
    transport: SmtpTransport,
    defaults: Letter,
}

/// What may be stated by the component and by the call. Addresses are separated by semicolons.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Letter {
    from: String,
    to: String,
    cc: String,
    bcc: String,
    subject: String,
    priority: u8,
}

/// 1 is the most urgent, 5 the least.
#[derive(Clone)]
struct Priority(u8);

impl SmtpBinding {
    pub(crate) fn read(component: &Component) -> Result<Self, ResourceError> {
        let text = |name| Ok(component.setting(name)?.unwrap_or_default().to_owned());
        let defaults = Letter {
            from: text("emailFrom")?,
            to: text("emailTo")?,
            cc: text("emailCC")?,
            bcc: text("emailBCC")?,
            subject: text("subject")?,
            priority: component.parsed("priority", "1 to 5", DEFAULT_PRIORITY, priority)?,
        };
        Ok(Self { transport: transport(component)?, defaults })
    }

    pub(super) fn operations() -> Vec<&'static str> {
        vec!["create"]
    }

    pub(super) async fn invoke(
        &self,
        call: &BindingCall,
    ) -> Result<BindingResponse, BindingFailure> {
        let html = match &call.data {
            Value::String(html) => html.clone(),
            other => other.to_string(),
        };
        let message = self.defaults.overridden_by(&call.metadata)?.compose(html)?;
        let transport = self.transport.clone();
        let sent = tokio::task::spawn_blocking(move || transport.send(&message)).await;
        let failed = |why: String| format!("error from smtp binding, sending email failed: {why}");
        match sent {
            Ok(Ok(_)) => Ok(BindingResponse::default()),
            Ok(Err(error)) => Err(failed(with_causes(&error)).into()),
            Err(error) => Err(failed(error.to_string()).into()),
        }
    }
}

fn transport(component: &Component) -> Result<SmtpTransport, ResourceError> {
    let host = component.setting("host")?.unwrap_or_default();
    if host.is_empty() {
        return Err(component.bad_setting("host", "", "the name of a mail server"));
    }
    let port = component.parsed("port", "a port", 0, |text| text.parse().ok())?;
    if port == 0 {
        return Err(component.bad_setting("port", "", "a port"));
    }
    let tls = TlsParameters::builder(host.to_owned())
        .dangerous_accept_invalid_certs(component.flag("skipTLSVerify", false)?)
        .build()
        .map_err(|_| component.bad_setting("host", host, "the name of a mail server"))?;
    let user = component.setting("user")?;
    let tls = match port {
        IMPLICIT_TLS_PORT => Tls::Wrapper(tls),
        // A password does not leave this machine in the clear, whatever the server offers.
        _ if user.is_some() && !is_loopback(host) => Tls::Required(tls),
        _ => Tls::Opportunistic(tls),
    };
    let mut builder =
        SmtpTransport::builder_dangerous(host).port(port).tls(tls).timeout(Some(TIMEOUT));
    if let Some(user) = user {
        let password = component.setting("password")?.unwrap_or_default();
        builder = builder.credentials(Credentials::new(user.to_owned(), password.to_owned()));
    }
    Ok(builder.build())
}

impl Letter {
    /// A new letter. An empty value states nothing, as it does in Dapr.
    fn overridden_by(&self, metadata: &BTreeMap<String, String>) -> Result<Self, String> {
        let stated = |name: &str| metadata.get(name).filter(|value| !value.is_empty());
        let text = |name, default: &String| stated(name).unwrap_or(default).clone();
        let priority = match stated("priority") {
            None => self.priority,
            Some(value) => priority(value).ok_or(
                "smtp binding error: priority value must be between 1 (highest) and 5 (lowest)",
            )?,
        };
        Ok(Self {
            from: text("emailFrom", &self.from),
            to: text("emailTo", &self.to),
            cc: text("emailCC", &self.cc),
            bcc: text("emailBCC", &self.bcc),
            subject: text("subject", &self.subject),
            priority,
        })
    }

    fn compose(&self, html: String) -> Result<Message, String> {
        for (name, value) in
            [("emailFrom", &self.from), ("emailTo", &self.to), ("subject", &self.subject)]
        {
            if value.is_empty() {
                return Err(format!(
                    "smtp binding error: {name} property not supplied in configuration- or \
                     request-metadata"
                ));
            }
        }
        let mut message = Message::builder()
            .from(mailbox(&self.from)?)
            .subject(self.subject.as_str())
            .header(Priority(self.priority))
            .header(ContentType::TEXT_HTML);
        for to in addresses(&self.to) {
            message = message.to(mailbox(to)?);
        }
        for cc in addresses(&self.cc) {
            message = message.cc(mailbox(cc)?);
        }
        for bcc in addresses(&self.bcc) {
            message = message.bcc(mailbox(bcc)?);
        }
        message.body(html).map_err(|error| format!("smtp binding error: {error}"))
    }
}

impl Header for Priority {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Priority")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.parse()?))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.to_string())
    }
}

fn addresses(list: &str) -> impl Iterator<Item = &str> {
    list.split(';').map(str::trim).filter(|address| !address.is_empty())
}

fn mailbox(address: &str) -> Result<Mailbox, String> {
    address.parse().map_err(|error| format!("smtp binding error: address {address:?}: {error}"))
}

fn priority(text: &str) -> Option<u8> {
    text.parse().ok().filter(|priority| (1..=5).contains(priority))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
