//! Tokens that somebody else signed: whose they are, and whether they hold.

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde_json::Value;

use super::token::OWN_ISSUER;
use super::{crypto, jwks_cache};
use crate::limits::{CLOCK_LEEWAY, EXTERNAL_SUBJECT_CHARS_MAX};
use crate::{Platform, Problem, Settings};

/// Whose key a token is verified with. The issuer that the token names and the naming of its key
/// decide, so that no token is tried against one key after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signer<'s> {
    Ourselves,
    /// A provider that publishes its keys.
    Provider {
        jwks_url: &'s str,
    },
    /// An issuer that we share a secret with.
    Partner {
        secret: &'s str,
    },
}

/// Who an external token speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// The token's `sub`, as a path may name it.
    pub(super) sub: String,
    /// Issuer and `sub`, by which the account is known: one issuer's subjects are not another's.
    pub(super) external_sub: String,
    /// Only one that the issuer does not call unverified.
    pub(super) email: Option<String>,
    pub(super) name: Option<String>,
    pub(super) expires_at: DateTime<Utc>,
}

/// What is read of a token before its signature is known to hold: only where to look for the key.
#[derive(Deserialize)]
struct Unverified {
    iss: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    iss: Option<String>,
    aud: Option<OneOrMany>,
    /// Seconds since 1970; RFC 7519 allows fractions.
    exp: f64,
    nbf: Option<f64>,
    email: Option<String>,
    email_verified: Option<Value>,
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

pub(super) fn signer<'s>(token: &str, settings: &'s Settings) -> Result<Signer<'s>, Problem> {
    let unreadable = |_| Problem::unauthenticated("the access token cannot be read");
    let header = jsonwebtoken::decode_header(token).map_err(unreadable)?;
    let Unverified { iss } =
        jsonwebtoken::dangerous::insecure_decode_claims(token).map_err(unreadable)?;
    if iss.as_deref() == Some(OWN_ISSUER) {
        return Ok(Signer::Ourselves);
    }
    match (settings.jwks_url.as_deref(), settings.external_jwt_secret.as_deref()) {
        // Published keys have names, a shared secret has none.
        (Some(_), Some(secret)) if header.kid.is_none() => Ok(Signer::Partner { secret }),
        (Some(jwks_url), _) => Ok(Signer::Provider { jwks_url }),
        (None, Some(secret)) => Ok(Signer::Partner { secret }),
        (None, None) => Err(Problem::unauthenticated("the access token is not one of ours")),
    }
}

/// Verified with a public key of the provider, by the algorithm that the key is for.
pub(super) async fn of_provider<P: Platform>(
    platform: &P,
    settings: &Settings,
    jwks_url: &str,
    token: &str,
) -> Result<Identity, Problem> {
    // It was read once already, to find its signer.
    let kid = jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid);
    let found = jwks_cache::key(platform, jwks_url, kid.as_deref()).await?;
    let found = found.ok_or_else(|| {
        Problem::unauthenticated("the access token is signed with a key that is not published")
    })?;
    identity(token, &found.key, found.algorithm, settings, platform.now())
}

/// Verified with the shared secret, by HS256 and nothing else.
pub(super) fn of_partner(
    token: &str,
    secret: &str,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<Identity, Problem> {
    let key = DecodingKey::from_secret(secret.as_bytes());
    identity(token, &key, Algorithm::HS256, settings, now)
}

fn identity(
    token: &str,
    key: &DecodingKey,
    algorithm: Algorithm,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<Identity, Problem> {
    crypto::install();
    let mut validation = Validation::new(algorithm);
    // The claims are checked below, by the platform's clock and our own settings.
    validation.validate_exp = false;
    validation.validate_aud = false;
    let claims = jsonwebtoken::decode::<Claims>(token, key, &validation)
        .map_err(|_| Problem::unauthenticated("the access token's signature does not hold"))?
        .claims;
    claims.identity(settings, now)
}

impl Claims {
    fn identity(self, settings: &Settings, now: DateTime<Utc>) -> Result<Identity, Problem> {
        let refused = |detail| Err(Problem::unauthenticated(detail));
        let now_s = now.timestamp() as f64;
        let leeway_s = CLOCK_LEEWAY.as_secs_f64();
        if self.exp + leeway_s <= now_s {
            return refused("the access token has expired; sign in again");
        }
        if self.nbf.is_some_and(|nbf| nbf - leeway_s > now_s) {
            return refused("the access token is not valid yet");
        }
        if settings.external_issuer.is_some() && self.iss != settings.external_issuer {
            return refused("the access token is another issuer's");
        }
        if let Some(audience) = &settings.external_audience
            && !self.aud.as_ref().is_some_and(|aud| aud.contains(audience))
        {
            return refused("the access token is for another audience");
        }
        if self.sub.is_empty() || self.sub.chars().count() > EXTERNAL_SUBJECT_CHARS_MAX {
            return refused("the access token names nobody");
        }
        let is_unverified = matches!(&self.email_verified, Some(Value::Bool(false)))
            || self.email_verified.as_ref().and_then(Value::as_str) == Some("false");
        Ok(Identity {
            external_sub: format!("{} {}", self.iss.unwrap_or_default(), self.sub),
            sub: self.sub,
            email: self.email.filter(|_| !is_unverified),
            name: self.name,
            // One beyond what a calendar holds is as good as for ever.
            expires_at: DateTime::from_timestamp(self.exp as i64, 0)
                .unwrap_or(DateTime::<Utc>::MAX_UTC),
        })
    }
}

impl OneOrMany {
    fn contains(&self, wanted: &str) -> bool {
        match self {
            OneOrMany::One(only) => only == wanted,
            OneOrMany::Many(several) => several.iter().any(|one| one == wanted),
        }
    }
}

#[cfg(test)]
mod tests;
