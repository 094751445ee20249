//! Who is asking: passwords, access tokens of ours and of other issuers, and the tokens that Dapr
//! and operators carry.

mod crypto;
mod external;
mod jwks;
mod jwks_cache;
mod password;
mod provision;
pub(crate) mod token;

pub(crate) use password::{hash_password, is_outdated, verify_password};
pub(crate) use token::Signed;

use chrono::{DateTime, Utc};
use dapr_protocol::headers::carries_token;
use http::header;
use sha2::{Digest, Sha256};
use task_store::Caller;
use task_store::account::Account;

use crate::limits::ACCESS_TOKEN_LIFETIME;
use crate::request::text_header;
use crate::{Platform, Problem, Request, Settings};
use external::{Identity, Signer};
use token::Audience;

/// SHA-256 in hex, for comparing what need not be kept.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// What a valid token admits, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) caller: Caller,
    pub(crate) expires_at: DateTime<Utc>,
}

/// The user whose token this is, who must be the one the path names (`me` stands for them).
///
/// Whether the account still lives and the token's epoch still counts is known by the store: its
/// reads and commits say so.
pub(crate) async fn authorize<P: Platform, B>(
    platform: &P,
    settings: &Settings,
    request: &http::Request<B>,
    path_user: &str,
) -> Result<Caller, Problem> {
    Ok(grant(platform, settings, request, path_user).await?.caller)
}

/// The same, for an answer that goes on for so long that the token may run out meanwhile.
pub(crate) async fn grant<P: Platform, B>(
    platform: &P,
    settings: &Settings,
    request: &http::Request<B>,
    path_user: &str,
) -> Result<Grant, Problem> {
    let token = bearer(request)?.ok_or_else(|| {
        Problem::unauthenticated("send `Authorization: Bearer <access_token>` from sign-in")
    })?;
    let now = platform.now();
    let identity = match external::signer(token, settings)? {
        Signer::Ourselves => {
            let bearer = token::verify(token, Audience::Api, settings.jwt_secret()?, now)?;
            let caller = Caller { user: bearer.user, token_epoch: Some(bearer.epoch) };
            let grant = Grant { caller, expires_at: bearer.expires_at };
            return same_user(grant, path_user, None);
        }
        Signer::Provider { jwks_url } => {
            external::of_provider(platform, settings, jwks_url, token).await?
        }
        Signer::Partner { secret } => external::of_partner(token, secret, settings, now)?,
    };
    let caller = Caller::from(provision::user_of(platform, &identity).await?);
    same_user(Grant { caller, expires_at: identity.expires_at }, path_user, Some(&identity))
}

/// A path names its user by our id; one whose token is another issuer's, also by that token's
/// subject, which is the id that their programs know.
fn same_user(grant: Grant, path_user: &str, other: Option<&Identity>) -> Result<Grant, Problem> {
    let named = path_user == "me"
        || path_user == grant.caller.user.to_string()
        || other.is_some_and(|identity| identity.sub == path_user);
    if named { Ok(grant) } else { Err(Problem::forbidden("the token is another user's")) }
}

/// The access token of somebody who has just proved who they are.
pub(crate) fn sign_in(
    account: &Account,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<Signed, Problem> {
    let (user, epoch) = (account.id, account.token_epoch);
    let secret = settings.jwt_secret()?;
    token::sign(user, epoch, Audience::Api, ACCESS_TOKEN_LIFETIME, secret, now)
        .ok_or_else(Problem::unavailable)
}

/// Everything that Dapr delivers carries the app's token, when one is set.
pub(crate) fn admit_dapr(request: &Request, settings: &Settings) -> Result<(), Problem> {
    let Some(expected) = &settings.app_api_token else { return Ok(()) };
    if carries_token(request.headers(), expected) {
        Ok(())
    } else {
        Err(Problem::unauthenticated("this path is for the sidecar: dapr-api-token is wrong"))
    }
}

/// Operators carry the admin token; without one set, these paths are closed.
pub(crate) fn admit_operator(request: &Request, settings: &Settings) -> Result<(), Problem> {
    let Some(expected) = &settings.admin_token else {
        return Err(Problem::forbidden("set the variable `admin_token` to open this path"));
    };
    match bearer(request)? {
        Some(given) if same_secret(given, expected) => Ok(()),
        _ => Err(Problem::unauthenticated("send `Authorization: Bearer <admin_token>`")),
    }
}

fn bearer<B>(request: &http::Request<B>) -> Result<Option<&str>, Problem> {
    let Some(value) = text_header(request, &header::AUTHORIZATION)? else { return Ok(None) };
    Ok(value
        .split_once(' ')
        .and_then(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())))
}

/// Compares fingerprints, so that the time taken says nothing about the secret.
fn same_secret(given: &str, expected: &str) -> bool {
    fingerprint(given.as_bytes()) == fingerprint(expected.as_bytes())
}
