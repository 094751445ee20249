//! `allowed_outbound_hosts`: which destinations a component may reach.
//!
//! Matching is on the text of the URL, as in Spin: `localhost` is not `127.0.0.1`, and no name is
//! looked up.

#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

use http::Uri;

/// The entries of one component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AllowedHosts(Vec<AllowedHost>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct AllowedHost {
    /// Nothing for any scheme.
    scheme: Option<String>,
    host: Host,
    port: Port,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Any,
    /// With its leading dot.
    Subdomain(String),
    ThisApp,
    Named(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Port {
    Any,
    Range(Range<u16>),
    One(u16),
}

/// Where a request wants to go.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    pub(crate) scheme: String,
    host: String,
    port: Option<u16>,
}

/// An entry that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AllowedHostFault {
    #[error("{entry:?} has no scheme; write <scheme>://<host>[:<port>], such as http://{entry}")]
    NoScheme { entry: String },
    #[error("{entry:?} has a malformed scheme; write letters only, or *")]
    Scheme { entry: String },
    #[error("{entry:?} has a path; remove everything after the port")]
    Path { entry: String },
    #[error("{entry:?} has a wildcard inside its host; write * or *.domain")]
    Wildcard { entry: String },
    #[error("{entry:?} has no port and its scheme has no usual one; add :<port> or :*")]
    NoPort { entry: String },
    #[error("{entry:?} has a malformed port; write a number, a range such as 8000..9000, or *")]
    Port { entry: String },
    #[error("{entry:?} is a list, a network or a catch-all this host does not support")]
    Unsupported { entry: String },
}

impl AllowedHosts {
    pub(crate) fn parse<'e>(
        entries: impl IntoIterator<Item = &'e str>,
    ) -> Result<Self, Vec<AllowedHostFault>> {
        let mut hosts = Vec::new();
        let mut faults = Vec::new();
        for entry in entries {
            match AllowedHost::parse(entry) {
                Ok(host) => hosts.push(host),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(Self(hosts)) } else { Err(faults) }
    }

    pub(crate) fn allow(&self, destination: &Destination) -> bool {
        self.0.iter().any(|allowed| {
            allowed.allows_scheme(&destination.scheme)
                && allowed.host.allows(&destination.host)
                && allowed.port.allows(destination)
        })
    }

    pub(crate) fn allow_self(&self, scheme: &str) -> bool {
        let itself = |host: &Host| matches!(host, Host::Any | Host::ThisApp);
        self.0.iter().any(|allowed| itself(&allowed.host) && allowed.allows_scheme(scheme))
    }
}

impl AllowedHost {
    fn parse(entry: &str) -> Result<Self, AllowedHostFault> {
        let fault = |fault: fn(String) -> AllowedHostFault| fault(entry.to_owned());
        let text = entry.trim();
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(fault(|entry| AllowedHostFault::NoScheme { entry }));
        };
        if scheme != "*" && !scheme.chars().all(|c| c.is_ascii_alphabetic()) {
            return Err(fault(|entry| AllowedHostFault::Scheme { entry }));
        }
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains('/') {
            return Err(fault(|entry| AllowedHostFault::Path { entry }));
        }
        if rest.contains('{') || rest.is_empty() {
            return Err(fault(|entry| AllowedHostFault::Unsupported { entry }));
        }
        let (host, port) = split_port(rest);
        Ok(Self {
            scheme: Some(scheme).filter(|scheme| *scheme != "*").map(str::to_owned),
            host: Host::parse(host)
                .ok_or_else(|| fault(|entry| AllowedHostFault::Wildcard { entry }))?,
            port: match port {
                Some(port) => Port::parse(port)
                    .ok_or_else(|| fault(|entry| AllowedHostFault::Port { entry }))?,
                None if host == "self" => Port::Any,
                None => usual_port(scheme)
                    .map(Port::One)
                    .ok_or_else(|| fault(|entry| AllowedHostFault::NoPort { entry }))?,
            },
        })
    }

    fn allows_scheme(&self, scheme: &str) -> bool {
        self.scheme.as_deref().is_none_or(|allowed| allowed == scheme)
    }
}

impl Host {
    fn parse(host: &str) -> Option<Self> {
        match host {
            "*" => return Some(Self::Any),
            "self" | super::SELF_ALIAS => return Some(Self::ThisApp),
            _ => {}
        }
        match host.strip_prefix('*') {
            Some(suffix) if suffix.starts_with('.') && !suffix.contains('*') => {
                Some(Self::Subdomain(suffix.to_owned()))
            }
            None if !host.contains('*') => Some(Self::Named(host.to_owned())),
            _ => None,
        }
    }

    fn allows(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Subdomain(suffix) => host.ends_with(suffix),
            Self::Named(named) => named == host,
            Self::ThisApp => false,
        }
    }
}

impl Port {
    fn parse(port: &str) -> Option<Self> {
        if port == "*" {
            return Some(Self::Any);
        }
        match port.split_once("..") {
            Some((first, end)) => Some(Self::Range(first.parse().ok()?..end.parse().ok()?)),
            None => port.parse().ok().map(Self::One),
        }
    }

    fn allows(&self, destination: &Destination) -> bool {
        let port = destination.port.or_else(|| usual_port(&destination.scheme));
        match self {
            Self::Any => true,
            Self::One(allowed) => port == Some(*allowed),
            Self::Range(range) => port.is_some_and(|port| range.contains(&port)),
        }
    }
}

impl Destination {
    /// A server named by itself, apart from any URL.
    pub(crate) fn new(scheme: &str, host: &str, port: Option<u16>) -> Self {
        // In a URL, which entries take their form from, IPv6 addresses stand in brackets.
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        Self { scheme: scheme.to_owned(), host, port }
    }

    pub(crate) fn of(uri: &Uri) -> Option<Self> {
        Some(Self {
            scheme: uri.scheme_str()?.to_owned(),
            host: uri.host()?.to_owned(),
            port: uri.port_u16(),
        })
    }
}

/// As an entry that would allow it.
impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// The port is what follows the last colon outside the brackets of an IPv6 address.
fn split_port(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    }
}

fn usual_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        "postgres" => Some(5432),
        "mysql" => Some(3306),
        "redis" => Some(6379),
        "mqtt" => Some(1883),
        _ => None,
    }
}
