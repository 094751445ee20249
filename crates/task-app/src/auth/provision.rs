//! The account of somebody who signs in elsewhere: made by the first use of a valid token.

use chrono_tz::Tz;
use task_domain::UserId;
use task_store::Store;
use task_store::account::{Account, CreateOutcome};

use super::external::Identity;
use crate::{Platform, Problem, convert};

/// Each round of a race settles something: the subject is taken, or the address is.
const ROUNDS_MAX: u32 = 4;

pub(super) async fn user_of<P: Platform>(
    platform: &P,
    identity: &Identity,
) -> Result<UserId, Problem> {
    let store = platform.store();
    let mut email = identity.email.as_deref().and_then(|email| convert::email(email).ok());
    for _ in 0..ROUNDS_MAX {
        if let Some(account) = store.account_by_external_sub(&identity.external_sub).await? {
            return Ok(account.id);
        }
        let account = new_account(platform, identity, email.as_deref());
        match store.create_account(&account).await? {
            CreateOutcome::Created => return Ok(account.id),
            // Another request with the same token was faster: its account is ours.
            CreateOutcome::SubjectTaken => {}
            // The address alone proves nothing: an account that is there already stays its own.
            CreateOutcome::EmailTaken => email = None,
        }
    }
    tracing::error!(external_sub = identity.external_sub, "an account could not be provisioned");
    Err(Problem::unavailable())
}

fn new_account<P: Platform>(platform: &P, identity: &Identity, email: Option<&str>) -> Account {
    let id = UserId(platform.mint());
    let given = identity.name.as_deref().and_then(|name| convert::person_name(name).ok());
    Account {
        id,
        name: given.flatten().unwrap_or_else(|| convert::name_from(email.unwrap_or_default())),
        email: email.map_or_else(|| convert::no_email(id), str::to_owned),
        timezone: Tz::UTC,
        password_hash: None,
        token_epoch: 0,
        external_sub: Some(identity.external_sub.clone()),
        quiet_hours: None,
        created_at: platform.now(),
    }
}
