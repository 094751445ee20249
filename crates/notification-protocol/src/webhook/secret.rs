//! The secrets that sign webhooks: made, shown once, rotated while the old one is still good.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Duration, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use thiserror::Error;

const PREFIX: &str = "whsec_";

/// The specification allows 24 to 64; this is as long as the hash.
const NEW_BYTES: usize = 32;
const BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// How long a rotated secret still signs: a day in which receivers are given the new one.
pub const ROTATION: Duration = Duration::hours(24);

/// Rotating more often than this within a day would fill the header without end.
const SECRETS_MAX: usize = 5;

/// A secret as its owner knows it. Never in a log: there is no `Debug` of its text.
#[derive(Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Secret(Vec<u8>);

#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a secret is `whsec_` and 24 to 64 bytes as base64")]
pub struct SecretFault;

/// The secrets of one channel, the newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct SecretSet {
    secrets: Vec<Held>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
struct Held {
    secret: Secret,
    /// Milliseconds since 1970; absent for the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    valid_until_ms: Option<i64>,
}

impl Secret {
    pub fn generate(fill_random: impl FnOnce(&mut [u8])) -> Secret {
        let mut bytes = vec![0; NEW_BYTES];
        fill_random(&mut bytes);
        Secret(bytes)
    }

    pub fn parse(text: &str) -> Result<Secret, SecretFault> {
        let text = text.strip_prefix(PREFIX).ok_or(SecretFault)?;
        let bytes = STANDARD.decode(text).map_err(|_| SecretFault)?;
        if BYTES.contains(&bytes.len()) { Ok(Secret(bytes)) } else { Err(SecretFault) }
    }

    /// The whole of it, to be shown once.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// Enough to tell two secrets apart, and no more.
    pub fn hint(&self) -> String {
        let text = STANDARD.encode(&self.0);
        let end = text.trim_end_matches('=');
        format!("{PREFIX}…{}", &end[end.len() - 4..])
    }

    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    pub(super) fn sign(&self, id: &str, timestamp_s: i64, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key");
        mac.update(format!("{id}.{timestamp_s}.").as_bytes());
        mac.update(body.as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl SecretSet {
    pub fn new(secret: Secret) -> SecretSet {
        SecretSet { secrets: vec![Held { secret, valid_until_ms: None }] }
    }

    /// The same with a new secret, beside which the ones before stay good for [`ROTATION`].
    pub fn rotated(&self, secret: Secret, now: DateTime<Utc>) -> SecretSet {
        let until_ms = (now + ROTATION).timestamp_millis();
        let earlier = self.held(now).map(|held| Held {
            secret: held.secret.clone(),
            valid_until_ms: Some(held.valid_until_ms.unwrap_or(until_ms)),
        });
        let newest = Held { secret, valid_until_ms: None };
        SecretSet { secrets: std::iter::once(newest).chain(earlier).take(SECRETS_MAX).collect() }
    }

    pub fn newest(&self) -> Option<&Secret> {
        self.secrets.first().map(|held| &held.secret)
    }

    pub(super) fn valid(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Secret> {
        self.held(now).map(|held| &held.secret)
    }

    fn held(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Held> {
        let now_ms = now.timestamp_millis();
        self.secrets.iter().filter(move |held| held.valid_until_ms.is_none_or(|ms| now_ms < ms))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl TryFrom<String> for Secret {
    type Error = SecretFault;

    fn try_from(text: String) -> Result<Secret, SecretFault> {
        Secret::parse(&text)
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> String {
        secret.reveal()
    }
}
