//! Signing up and in. Attempts are counted before a password is hashed: hashing is what an
//! attacker would make us do.

use chrono_tz::Tz;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use task_domain::UserId;
use task_store::account::{Account, CreateOutcome};
use task_store::{Caller, Store};

use super::{Call, answer, password, throttle};
use crate::limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};
use crate::problem::FieldProblem;
use crate::{Platform, Problem, Response, auth, convert, request};

/// The body of `POST /api/auth/signup`.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct SignUp {
    email: String,
    password: String,
    name: Option<String>,
    /// IANA name; UTC when absent.
    timezone: Option<String>,
}

/// The body of `POST /api/auth/signin`.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct SignIn {
    email: String,
    password: String,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct SignedIn {
    access_token: String,
    /// Always `bearer`.
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    user: User,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct User {
    id: String,
    email: String,
    name: String,
    timezone: String,
}

pub(crate) async fn sign_up<P: Platform>(call: &Call<'_, P>) -> Result<Response, Problem> {
    let body: SignUp = request::json(call.request)?;
    let (email, name, timezone) = check(&body)?;
    throttle::sign_in(call, &email).await?;
    let hashed = password::hash(call, &body.password)?;
    let account = Account {
        id: UserId(call.platform.mint()),
        name: name.unwrap_or_else(|| convert::name_from(&email)),
        email,
        timezone,
        password_hash: Some(hashed),
        token_epoch: 0,
        external_sub: None,
        quiet_hours: None,
        created_at: call.platform.now(),
    };
    match call.platform.store().create_account(&account).await? {
        CreateOutcome::Created => signed_in(call, StatusCode::CREATED, account),
        // Who signs up here has no subject elsewhere that could be taken.
        CreateOutcome::EmailTaken | CreateOutcome::SubjectTaken => {
            Err(Problem::conflict("an account with this email exists; sign in"))
        }
    }
}

pub(crate) async fn sign_in<P: Platform>(call: &Call<'_, P>) -> Result<Response, Problem> {
    let body: SignIn = request::json(call.request)?;
    let email = body.email.trim().to_lowercase();
    throttle::sign_in(call, &email).await?;
    let account = call.platform.store().account_by_email(&email).await?;
    let hashed = account.as_ref().and_then(|account| account.password_hash.as_deref());
    let right = password::is_right(call, &body.password, hashed);
    match account {
        Some(account) if right => {
            let account = with_current_hash(call, account, &body.password).await?;
            signed_in(call, StatusCode::OK, account)
        }
        _ => Err(Problem::unauthenticated("email or password is wrong")),
    }
}

/// The only moment at which an outdated hash can be made anew: the password is known to be right.
async fn with_current_hash<P: Platform>(
    call: &Call<'_, P>,
    account: Account,
    given: &str,
) -> Result<Account, Problem> {
    if !account.password_hash.as_deref().is_some_and(auth::is_outdated) {
        return Ok(account);
    }
    let hash = password::hash(call, given)?;
    let caller = Caller { user: account.id, token_epoch: Some(account.token_epoch) };
    let raised = call.platform.store().set_password(caller, &hash).await?;
    // Another sign-in was faster: its epoch is not ours to know, and trying again is.
    let token_epoch = raised.ok_or_else(Problem::unavailable)?;
    Ok(Account { token_epoch, password_hash: Some(hash), ..account })
}

fn check(body: &SignUp) -> Result<(String, Option<String>, Tz), Problem> {
    let mut faults = Vec::new();
    let mut noted = |fault| faults.push(fault);
    let email = convert::email(&body.email).map_err(&mut noted).ok();
    let password = check_password("password", &body.password).map_err(&mut noted).ok();
    let name = body.name.as_deref().map(convert::person_name).transpose();
    let name = name.map_err(&mut noted).ok();
    let timezone = body.timezone.as_deref().map_or(Ok(Tz::UTC), convert::timezone);
    let timezone = timezone.map_err(&mut noted).ok();
    match (email, password, name, timezone) {
        (Some(email), Some(()), Some(name), Some(timezone)) => {
            Ok((email, name.flatten(), timezone))
        }
        _ => Err(Problem::invalid(faults)),
    }
}

pub(super) fn check_password(field: &str, password: &str) -> Result<(), FieldProblem> {
    if (PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&password.chars().count()) {
        return Ok(());
    }
    let detail = format!("{PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters");
    Err(FieldProblem::new(field, detail))
}

pub(super) fn signed_in<P: Platform>(
    call: &Call<'_, P>,
    status: StatusCode,
    account: Account,
) -> Result<Response, Problem> {
    let token = auth::sign_in(&account, call.settings, call.platform.now())?;
    let body = SignedIn {
        access_token: token.text,
        token_type: "bearer",
        expires_in: token.expires_in_s,
        user: User {
            id: account.id.to_string(),
            email: account.email,
            name: account.name,
            timezone: account.timezone.name().to_owned(),
        },
    };
    Ok(answer::json(status, &body))
}
