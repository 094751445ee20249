//! Where a message may be sent: to public hosts by TLS, and never into the deployment itself.
//!
//! A URL comes from a stranger, and the request leaves from inside. What can be told from the text
//! is refused here. What a name resolves to is not known here: TLS is what answers that, because
//! no inner service can prove to be the name that was asked for.

mod address;
mod name;
#[cfg(test)]
mod tests;

use thiserror::Error;
use url::{Host, Url};

/// Longer ones are refused by enough servers that they are a mistake.
pub const URL_CHARS_MAX: usize = 2_000;

/// What a deployment lets its users reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// `https` on its usual port, on hosts of the public internet.
    Public,
    /// Plain `http`, any port and any host besides: for development and tests.
    Anywhere,
}

/// A URL that may be sent to, in its one canonical spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target(Url);

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum TargetFault {
    #[error("a URL of at most {URL_CHARS_MAX} characters")]
    TooLong,
    #[error("not a URL: {0}")]
    NotAUrl(&'static str),
    #[error("a URL that begins with https://")]
    NotHttps,
    #[error("the port has to be 443")]
    Port,
    #[error("a URL without a user name and a password")]
    Credentials,
    #[error("the host's address has to be written in its usual form")]
    OddAddress,
    #[error("a host on the public internet; this address is not")]
    InnerAddress,
    #[error("a host on the public internet; this name is not")]
    InnerName,
}

impl Target {
    pub fn parse(text: &str, reach: Reach) -> Result<Target, TargetFault> {
        if text.chars().count() > URL_CHARS_MAX {
            return Err(TargetFault::TooLong);
        }
        // The parser forgives these, and other parsers take them for something else.
        if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
            return Err(TargetFault::NotAUrl("it holds a blank or a backslash"));
        }
        let url = Url::parse(text).map_err(|_| TargetFault::NotAUrl("it cannot be read"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(TargetFault::NotHttps);
        }
        let written = authority(text).ok_or(TargetFault::NotAUrl("`//` does not follow `:`"))?;
        if written.contains('@') {
            return Err(TargetFault::Credentials);
        }
        if reach == Reach::Public {
            check_public(&url, written)?;
        }
        Ok(Target(url))
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Scheme, host and port: whom a signature for this target is meant for.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The host alone, for people and logs; a path may hold a secret.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

fn check_public(url: &Url, written: &str) -> Result<(), TargetFault> {
    if url.scheme() != "https" {
        return Err(TargetFault::NotHttps);
    }
    if url.port().is_some() {
        return Err(TargetFault::Port);
    }
    let written = without_port(written);
    match url.host() {
        None => Err(TargetFault::NotAUrl("it names no host")),
        Some(Host::Domain(name)) if written.contains('%') || name.ends_with('.') => {
            Err(TargetFault::OddAddress)
        }
        Some(Host::Domain(name)) => name::check(name),
        Some(Host::Ipv4(address)) => {
            address::check_v4(address)?;
            // `0x08.8.8.8` and `134744072` are numbers that the parser makes an address of.
            match written == address.to_string() {
                true => Ok(()),
                false => Err(TargetFault::OddAddress),
            }
        }
        Some(Host::Ipv6(address)) => address::check_v6(address),
    }
}

/// What stands between `//` and the path, as it was written.
fn authority(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(':')?;
    let rest = rest.strip_prefix("//")?;
    rest.split(['/', '?', '#']).next()
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        _ => authority,
    }
}
