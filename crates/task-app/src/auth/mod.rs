//! Who is asking: passwords, access tokens, and the tokens that Dapr and operators carry.

mod password;
pub(crate) mod token;

pub(crate) use password::{hash_password, verify_password};
pub(crate) use token::Signed;

use chrono::{DateTime, Utc};
use dapr_protocol::headers::carries_token;
use http::header;
use sha2::{Digest, Sha256};
use task_domain::UserId;
use task_store::Caller;

use crate::limits::ACCESS_TOKEN_LIFETIME;
use crate::request::text_header;
use crate::{Platform, Problem, Request, Settings};
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
pub(crate) fn authorize(
    request: &Request,
    settings: &Settings,
    now_s: i64,
    path_user: &str,
) -> Result<UserId, Problem> {
    let now = DateTime::from_timestamp(now_s, 0).unwrap_or_default();
    Ok(admit(request, settings, now, path_user)?.caller.user)
}

/// The same, for an answer that goes on for so long that the token may run out meanwhile.
pub(crate) async fn grant<P: Platform>(
    platform: &P,
    settings: &Settings,
    request: &Request,
    path_user: &str,
) -> Result<Grant, Problem> {
    admit(request, settings, platform.now(), path_user)
}

fn admit(
    request: &Request,
    settings: &Settings,
    now: DateTime<Utc>,
    path_user: &str,
) -> Result<Grant, Problem> {
    let token = bearer(request)?.ok_or_else(|| {
        Problem::unauthenticated("send `Authorization: Bearer <access_token>` from sign-in")
    })?;
    let bearer = token::verify(token, Audience::Api, settings.jwt_secret()?, now)?;
    if path_user != "me" && path_user != bearer.user.to_string() {
        return Err(Problem::forbidden("the token is another user's than the path"));
    }
    let caller = Caller { user: bearer.user, token_epoch: Some(bearer.epoch) };
    Ok(Grant { caller, expires_at: bearer.expires_at })
}

/// The access token of somebody who has just proved who they are.
pub(crate) fn issue(user: UserId, secret: &str, now_s: i64) -> Option<Signed> {
    let now = DateTime::from_timestamp(now_s, 0)?;
    token::sign(user, 0, Audience::Api, ACCESS_TOKEN_LIFETIME, secret, now)
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

fn bearer(request: &Request) -> Result<Option<&str>, Problem> {
    let Some(value) = text_header(request, &header::AUTHORIZATION)? else { return Ok(None) };
    Ok(value
        .split_once(' ')
        .and_then(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())))
}

/// Compares fingerprints, so that the time taken says nothing about the secret.
fn same_secret(given: &str, expected: &str) -> bool {
    fingerprint(given.as_bytes()) == fingerprint(expected.as_bytes())
}
