//! Who is asking: passwords, access tokens, and the tokens that Dapr and operators carry.

mod password;
mod token;

pub(crate) use password::{hash_password, verify_password};
pub(crate) use token::{issue, verify};

use dapr_protocol::headers::carries_token;
use http::header;
use sha2::{Digest, Sha256};
use task_domain::UserId;

use crate::request::text_header;
use crate::{Problem, Request, Settings};

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

/// The user whose token this is, who must be the one the path names (`me` stands for them).
pub(crate) fn authorize(
    request: &Request,
    settings: &Settings,
    now_s: i64,
    path_user: &str,
) -> Result<UserId, Problem> {
    let token = bearer(request)?.ok_or_else(|| {
        Problem::unauthenticated("send `Authorization: Bearer <access_token>` from sign-in")
    })?;
    let user = verify(token, settings.jwt_secret()?, now_s)?;
    if path_user == "me" || path_user == user.to_string() {
        Ok(user)
    } else {
        Err(Problem::forbidden("the token is another user's than the path"))
    }
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
