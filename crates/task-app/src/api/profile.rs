//! The account as its owner sees and changes it, up to its end.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use task_contracts::envelope::CloudEvent;
use task_contracts::events::UserEvent;
use task_contracts::names::{EventType, SCHEMA_VERSION};
use task_store::account::{Account, ProfileChange, ProfileOutcome};
use task_store::change_set::{EventDraft, TaskRef, Topics};
use task_store::{Caller, CommitOutcome, Store};

use super::accounts::{check_password, signed_in};
use super::{Call, SOURCE, answer, gone, password, throttle};
use crate::convert::QuietSpan;
use crate::given::Given;
use crate::problem::FieldProblem;
use crate::request::{self, Trace};
use crate::unit_of_work::Work;
use crate::{Platform, Problem, Response, convert};

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct Profile {
    id: String,
    /// `null` for somebody who signs in elsewhere and has given none.
    email: Option<String>,
    name: String,
    timezone: String,
    /// When nothing is to be sent, by the clock of `timezone`.
    quiet_hours: Option<QuietSpan>,
    /// Whether this account signs in here, or elsewhere.
    has_password: bool,
    created_at: String,
}

/// The body of `PUT …/profile`: what it leaves out stays as it is.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ProfileInput {
    name: Option<String>,
    email: Option<String>,
    /// IANA name.
    timezone: Option<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<QuietSpan>))]
    #[serde(default)]
    quiet_hours: Given<QuietSpan>,
    /// Required for another address, of an account that has a password.
    current_password: Option<String>,
}

/// The body of `PUT …/password`.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct PasswordInput {
    current_password: String,
    new_password: String,
}

/// The body of `DELETE …/profile`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct Farewell {
    /// Required of an account that has one.
    password: Option<String>,
}

pub(crate) async fn read<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let account = call.platform.store().account(caller).await?.ok_or_else(gone)?;
    Ok(answer::json(StatusCode::OK, &Profile::of(&account)))
}

pub(crate) async fn change<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let input: ProfileInput = request::json(call.request)?;
    let change = input.change()?;
    if change.email.is_some() {
        // Whoever has the address can get at the account, so a token alone does not move it.
        confirm_if_protected(call, caller, "current_password", &input.current_password).await?;
    }
    match call.platform.store().change_profile(caller, &change).await? {
        ProfileOutcome::Changed(account) => {
            Ok(answer::json(StatusCode::OK, &Profile::of(&account)))
        }
        ProfileOutcome::EmailTaken => Err(Problem::conflict("another account has this email")),
        ProfileOutcome::Gone => Err(gone()),
    }
}

/// Every token given before stops working; the answer holds a new one.
pub(crate) async fn set_password<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let input: PasswordInput = request::json(call.request)?;
    check_password("new_password", &input.new_password)?;
    let store = call.platform.store();
    let account = store.account(caller).await?.ok_or_else(gone)?;
    let Some(hash) = account.password_hash.as_deref() else {
        return Err(Problem::conflict("this account signs in elsewhere and has no password here"));
    };
    confirm(call, &account, hash, "current_password", &input.current_password).await?;
    let hash = password::hash(call, &input.new_password)?;
    // Of two changes at once, the second one's token is of an earlier epoch.
    let token_epoch = store.set_password(caller, &hash).await?.ok_or_else(gone)?;
    signed_in(call, StatusCode::OK, Account { token_epoch, ..account })
}

/// Ends the account: tokens, password, address and channels go at once, tasks and their history
/// once every event has left. There is no way back.
pub(crate) async fn delete<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let body: Farewell = if call.request.body().is_empty() {
        Farewell::default()
    } else {
        request::json(call.request)?
    };
    confirm_if_protected(call, caller, "password", &body.password).await?;
    let work = Work::new(call.platform, caller, SOURCE, Trace::of(call.request));
    let mut change_set = work.change_set();
    change_set.tombstone = true;
    change_set.events.push(user_deleted(&work));
    match work.commit(&change_set).await? {
        CommitOutcome::Committed(_) => Ok(answer::empty(StatusCode::NO_CONTENT)),
        CommitOutcome::Gone => Err(gone()),
        other => {
            tracing::error!(?other, "an account could not be ended");
            Err(Problem::unavailable())
        }
    }
}

async fn confirm_if_protected<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    field: &str,
    given: &Option<String>,
) -> Result<(), Problem> {
    let account = call.platform.store().account(caller).await?.ok_or_else(gone)?;
    let Some(hash) = account.password_hash.as_deref() else { return Ok(()) };
    let given = given.as_deref().ok_or_else(|| FieldProblem::new(field, "is required"))?;
    confirm(call, &account, hash, field, given).await
}

/// Guessing by these calls costs the same tries as guessing by signing in.
async fn confirm<P: Platform>(
    call: &Call<'_, P>,
    account: &Account,
    hash: &str,
    field: &str,
    given: &str,
) -> Result<(), Problem> {
    throttle::sign_in(call, &account.email).await?;
    if password::is_right(call, given, Some(hash)) {
        Ok(())
    } else {
        Err(Problem::invalid_field(field, "is not this account's password"))
    }
}

fn user_deleted<P: Platform>(work: &Work<'_, P>) -> EventDraft {
    let id = work.platform.mint();
    let data = UserEvent {
        event_type: EventType::UserDeleted.as_str().to_owned(),
        event_id: id.to_string(),
        schema_version: SCHEMA_VERSION.to_owned(),
        user_id: work.user.to_string(),
        timestamp: convert::instant(work.at),
        correlation_id: work.trace.correlation_id.clone().unwrap_or_else(|| id.to_string()),
    };
    let event = CloudEvent::user(work.source, data, work.trace.traceparent.clone());
    EventDraft { id, task: TaskRef::None, topics: Topics::TASK_EVENTS, body: event.to_json() }
}

impl Profile {
    fn of(account: &Account) -> Self {
        Profile {
            id: account.id.to_string(),
            email: convert::own_email(&account.email),
            name: account.name.clone(),
            timezone: account.timezone.name().to_owned(),
            quiet_hours: account.quiet_hours.as_ref().map(convert::quiet_hours),
            has_password: account.password_hash.is_some(),
            created_at: convert::instant(account.created_at),
        }
    }
}

impl ProfileInput {
    /// Every fault is told at once.
    fn change(&self) -> Result<ProfileChange, Problem> {
        let faults = &mut Vec::new();
        let name = |text: &str| match convert::person_name(text)? {
            Some(name) => Ok(name),
            None => Err(FieldProblem::new("name", "must not be empty")),
        };
        let change = ProfileChange {
            name: given(self.name.as_deref(), name, faults),
            email: given(self.email.as_deref(), convert::email, faults),
            timezone: given(self.timezone.as_deref(), convert::timezone, faults),
            quiet_hours: self.quiet_hours.read(faults, convert::parse_quiet_hours),
        };
        if faults.is_empty() { Ok(change) } else { Err(Problem::invalid(std::mem::take(faults))) }
    }
}

fn given<T>(
    text: Option<&str>,
    parse: impl FnOnce(&str) -> Result<T, FieldProblem>,
    faults: &mut Vec<FieldProblem>,
) -> Option<T> {
    parse(text?).map_err(|fault| faults.push(fault)).ok()
}
