//! Who may follow the changes of a user, and until when. A browser's `EventSource` and `WebSocket`
//! cannot send headers, so they come with a ticket in the address instead: it opens nothing else,
//! and is worth nothing by the time it could be read in a log.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use task_store::{Caller, Store};

use crate::auth::token::{self, Audience};
use crate::limits::SYNC_TICKET_LIFETIME;
use crate::{Platform, Problem, Request, Settings, api, auth, request};

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct SyncTicket {
    /// For the query of `GET …/sync`, or of the realtime hub.
    ticket: String,
    /// Seconds.
    expires_in: u64,
}

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(default)]
pub(crate) struct TicketQuery {
    /// In place of an access token.
    ticket: Option<String>,
}

pub(super) struct Admission {
    pub(super) caller: Caller,
    /// `None` for a ticket, whose own time is only for knocking.
    pub(super) until: Option<DateTime<Utc>>,
}

/// By the ticket if there is one, else by the access token in the header.
///
/// Whether the account lives, and whether the token is of its epoch, is left to the next read.
pub(super) async fn admit<P: Platform>(
    platform: &P,
    settings: &Settings,
    request: &Request,
    ticket: Option<&str>,
    path_user: &str,
) -> Result<Admission, Problem> {
    let Some(ticket) = ticket else {
        let grant = auth::grant(platform, settings, request, path_user).await?;
        return Ok(Admission { caller: grant.caller, until: Some(grant.expires_at) });
    };
    let bearer = token::verify(ticket, Audience::Sync, settings.jwt_secret()?, platform.now())
        .map_err(|_| stale())?;
    if path_user != "me" && path_user != bearer.user.to_string() {
        return Err(Problem::forbidden("the ticket is another user's than the path"));
    }
    let caller = Caller { user: bearer.user, token_epoch: Some(bearer.epoch) };
    Ok(Admission { caller, until: None })
}

pub(super) async fn issue<P: Platform>(
    platform: &P,
    settings: &Settings,
    request: &Request,
    path_user: &str,
) -> Result<SyncTicket, Problem> {
    let grant = auth::grant(platform, settings, request, path_user).await?;
    let account = platform.store().account(grant.caller).await?.ok_or_else(api::gone)?;
    let signed = token::sign(
        account.id,
        account.token_epoch,
        Audience::Sync,
        SYNC_TICKET_LIFETIME,
        settings.jwt_secret()?,
        platform.now(),
    );
    let signed = signed.ok_or_else(Problem::unavailable)?;
    Ok(SyncTicket { ticket: signed.text, expires_in: signed.expires_in_s })
}

/// For the realtime hub, which asks before it lets a device listen.
pub(super) async fn check<P: Platform>(
    platform: &P,
    settings: &Settings,
    request: &Request,
    path_user: &str,
) -> Result<(), Problem> {
    let TicketQuery { ticket } = request::query(request)?;
    let admission = admit(platform, settings, request, ticket.as_deref(), path_user).await?;
    let account = platform.store().account(admission.caller).await?;
    account.map(drop).ok_or_else(api::gone)
}

fn stale() -> Problem {
    Problem::unauthenticated("the ticket is not good any more; ask for one by POST …/sync/ticket")
}
