//! The tokens that this service signs: JWT, HS256, the algorithm pinned.

use std::time::Duration;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use task_domain::UserId;

use super::crypto;
use crate::Problem;

/// Who signed it, in every token of ours: what tells them from those of other issuers.
pub(super) const OWN_ISSUER: &str = "taskmaster";

/// What a token opens. One never stands in for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Audience {
    /// Every call of the API.
    Api,
    /// Following one's own changes, from where no header can be sent.
    Sync,
}

#[derive(Debug, Deserialize, Serialize)]
struct Claims {
    iss: String,
    aud: Audience,
    /// The user's id.
    sub: String,
    /// The account's token epoch when this was given; a password change raises it.
    epoch: u32,
    /// Seconds since 1970.
    iat: i64,
    exp: i64,
}

/// A token and how long it is good for.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    pub(crate) text: String,
    pub(crate) expires_in_s: u64,
}

/// What a token of ours says, once its signature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bearer {
    pub(crate) user: UserId,
    pub(crate) epoch: u32,
    pub(crate) expires_at: DateTime<Utc>,
}

pub(crate) fn sign(
    user: UserId,
    epoch: u32,
    audience: Audience,
    lifetime: Duration,
    secret: &str,
    now: DateTime<Utc>,
) -> Option<Signed> {
    crypto::install();
    let (now_s, expires_in_s) = (now.timestamp(), lifetime.as_secs());
    let claims = Claims {
        iss: OWN_ISSUER.to_owned(),
        aud: audience,
        sub: user.to_string(),
        epoch,
        iat: now_s,
        exp: now_s.saturating_add_unsigned(expires_in_s),
    };
    let key = EncodingKey::from_secret(secret.as_bytes());
    let text = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)
        .inspect_err(|error| tracing::error!(%error, "an access token could not be signed"))
        .ok()?;
    Some(Signed { text, expires_in_s })
}

pub(crate) fn verify(
    token: &str,
    audience: Audience,
    secret: &str,
    now: DateTime<Utc>,
) -> Result<Bearer, Problem> {
    crypto::install();
    let mut validation = Validation::new(Algorithm::HS256);
    // The platform's clock decides, not the library's; the audience is compared below.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.set_issuer(&[OWN_ISSUER]);
    let key = DecodingKey::from_secret(secret.as_bytes());
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation)
        .map_err(|_| Problem::unauthenticated("the access token is not one of ours"))?
        .claims;
    if claims.aud != audience {
        return Err(Problem::unauthenticated("the token is for another purpose"));
    }
    let expires_at = DateTime::from_timestamp(claims.exp, 0).filter(|at| *at > now);
    let expires_at = expires_at
        .ok_or_else(|| Problem::unauthenticated("the access token has expired; sign in again"))?;
    let user = claims
        .sub
        .parse()
        .map_err(|_| Problem::unauthenticated("the access token names no user of this service"))?;
    Ok(Bearer { user: UserId(user), epoch: claims.epoch, expires_at })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: Duration = Duration::from_secs(60);
    const USER: UserId = UserId(uuid::Uuid::from_u128(7));

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).expect("an instant")
    }

    fn token() -> String {
        sign(USER, 3, Audience::Api, LIFETIME, "secret", at(0)).expect("a token").text
    }

    fn read(token: &str, now: DateTime<Utc>) -> Result<Bearer, Problem> {
        verify(token, Audience::Api, "secret", now)
    }

    #[test]
    fn a_token_names_its_user_and_epoch_until_it_expires() {
        let expected = Bearer { user: USER, epoch: 3, expires_at: at(60) };
        assert_eq!(read(&token(), at(0)), Ok(expected));
        assert_eq!(read(&token(), at(59)), Ok(expected));
        assert!(read(&token(), at(60)).is_err());
    }

    #[test]
    fn another_secret_or_no_signature_is_refused() {
        let token = token();
        assert!(verify(&token, Audience::Api, "another", at(0)).is_err());
        let (unsigned, _) = token.rsplit_once('.').expect("three parts");
        assert!(read(&format!("{unsigned}."), at(0)).is_err());
        assert!(read("nonsense", at(0)).is_err());
    }

    #[test]
    fn a_token_signed_for_something_else_is_refused() {
        let claims = |iss: &str, aud: &str| {
            serde_json::json!({
                "iss": iss, "aud": aud, "sub": USER.to_string(), "epoch": 3,
                "iat": at(0).timestamp(), "exp": at(60).timestamp(),
            })
        };
        let sign = |claims: &serde_json::Value| {
            crypto::install();
            let key = EncodingKey::from_secret(b"secret");
            jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key).expect("a token")
        };
        assert!(read(&sign(&claims(OWN_ISSUER, "api")), at(0)).is_ok());
        assert!(read(&sign(&claims(OWN_ISSUER, "sync")), at(0)).is_err());
        assert!(read(&sign(&claims("elsewhere", "api")), at(0)).is_err());
    }
}
