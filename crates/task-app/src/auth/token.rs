//! Access tokens: JWT, HS256, the algorithm pinned.

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use task_domain::UserId;

use crate::Problem;
use crate::limits::ACCESS_TOKEN_LIFETIME;

#[derive(Debug, Deserialize, Serialize)]
struct Claims {
    /// The user's id.
    sub: String,
    /// Seconds since 1970.
    iat: i64,
    exp: i64,
}

/// A token and how long it is good for.
pub(crate) struct AccessToken {
    pub(crate) text: String,
    pub(crate) expires_in_s: u64,
}

pub(crate) fn issue(user: UserId, secret: &str, now_s: i64) -> Option<AccessToken> {
    let expires_in_s = ACCESS_TOKEN_LIFETIME.as_secs();
    let claims = Claims { sub: user.to_string(), iat: now_s, exp: now_s + expires_in_s as i64 };
    let key = EncodingKey::from_secret(secret.as_bytes());
    let text = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key)
        .inspect_err(|error| tracing::error!(%error, "an access token could not be signed"))
        .ok()?;
    Some(AccessToken { text, expires_in_s })
}

pub(crate) fn verify(token: &str, secret: &str, now_s: i64) -> Result<UserId, Problem> {
    let mut validation = Validation::new(Algorithm::HS256);
    // The platform's clock decides, not the library's.
    validation.validate_exp = false;
    validation.validate_aud = false;
    let key = DecodingKey::from_secret(secret.as_bytes());
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &validation)
        .map_err(|_| Problem::unauthenticated("the access token is not one of ours"))?
        .claims;
    if claims.exp <= now_s {
        return Err(Problem::unauthenticated("the access token has expired; sign in again"));
    }
    let user = claims
        .sub
        .parse()
        .map_err(|_| Problem::unauthenticated("the access token names no user of this service"))?;
    Ok(UserId(user))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_S: i64 = 1_800_000_000;
    const USER: UserId = UserId(uuid::Uuid::from_u128(7));

    #[test]
    fn a_token_names_its_user_until_it_expires() {
        let token = issue(USER, "secret", NOW_S).expect("a token");
        assert_eq!(verify(&token.text, "secret", NOW_S), Ok(USER));
        let expiry_s = NOW_S + token.expires_in_s as i64;
        assert_eq!(verify(&token.text, "secret", expiry_s - 1), Ok(USER));
        assert!(verify(&token.text, "secret", expiry_s).is_err());
    }

    #[test]
    fn another_secret_or_no_signature_is_refused() {
        let token = issue(USER, "secret", NOW_S).expect("a token").text;
        assert!(verify(&token, "another", NOW_S).is_err());
        let (unsigned, _) = token.rsplit_once('.').expect("three parts");
        assert!(verify(&format!("{unsigned}."), "secret", NOW_S).is_err());
        assert!(verify("nonsense", "secret", NOW_S).is_err());
    }
}
