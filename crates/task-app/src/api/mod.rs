//! The public HTTP API: a request in, an answer out.

mod accounts;
mod answer;
mod changes;
mod channels;
mod deliveries;
mod lists;
mod password;
mod profile;
mod recurrence;
mod route;
mod tasks;
mod throttle;
mod transfer;

pub(crate) use answer::{empty, json};
pub(crate) use changes::change;
pub use route::{Route, RouteError, TransferCall, UserCall, WholeCall};
pub use transfer::import_file;

use bytes::Bytes;
use http::StatusCode;
use task_store::Caller;

use crate::limits::BODY_BYTES_MAX;
use crate::ports::{BodySource, Responder};
use crate::{Platform, Problem, Request, Response, Settings, auth};

/// The types of bodies and parameters, for the OpenAPI document.
#[cfg(feature = "openapi")]
pub(crate) mod schema {
    pub(crate) use super::accounts::{SignIn, SignUp, SignedIn};
    pub(crate) use super::changes::{ChangeFeed, ChangesQuery};
    pub(crate) use super::channels::{ChannelInput, ChannelList, ChannelView, ChannelsInput};
    pub(crate) use super::deliveries::{DeliveriesQuery, DeliveryList, DeliveryView};
    pub(crate) use super::lists::{
        CountedTasks, ListQuery, SpanQuery, TaskHistory, TaskList, TaskStats,
    };
    pub(crate) use super::profile::{Farewell, PasswordInput, Profile, ProfileInput};
    pub(crate) use super::recurrence::{PreviewInput, RecurrencePreview};
    pub(crate) use super::tasks::{Completion, Snooze, TaskInput};
    pub(crate) use super::transfer::{
        ExportQuery, ImportList, ImportQuery, ImportReport, ImportsQuery, LineError,
    };
}

/// This component's name in the `source` of its events.
const SOURCE: &str = "taskmaster/task-api";

/// The generated OpenAPI document; `cargo xtask openapi` writes it.
const OPENAPI: &str = include_str!("../../openapi.json");

/// One request with what it is answered from.
pub(crate) struct Call<'c, P> {
    pub(crate) platform: &'c P,
    pub(crate) settings: &'c Settings,
    pub(crate) request: &'c Request,
    /// The peer's address as the gateway saw it, for throttling only.
    pub(crate) client: &'c str,
}

/// Answers any request to the public API.
pub async fn handle<P: Platform>(
    platform: &P,
    settings: &Settings,
    head: &http::Request<()>,
    mut body: impl BodySource,
    responder: impl Responder,
    client: &str,
) {
    let mut request = head.clone().map(|()| Bytes::new());
    let answer = match route(head) {
        Ok(Route::Transfer { user, call: transfer }) => {
            let call = Call { platform, settings, request: &request, client };
            match auth::authorize(platform, settings, head, &user).await {
                Ok(caller) => {
                    return transfer::respond(&call, caller, transfer, body, responder).await;
                }
                Err(problem) => Err(problem),
            }
        }
        Ok(Route::Whole(whole)) => match body.collect(BODY_BYTES_MAX).await {
            Ok(body) => {
                *request.body_mut() = body;
                dispatch(&Call { platform, settings, request: &request, client }, whole).await
            }
            Err(problem) => Err(problem),
        },
        Err(problem) => Err(problem),
    };
    responder.answer(answer.unwrap_or_else(Problem::into_response)).await;
}

fn route(head: &http::Request<()>) -> Result<Route, Problem> {
    Route::parse(head.method(), head.uri().path()).map_err(|error| match error {
        RouteError::Unknown => Problem::not_found("no call has this path; see /openapi.json"),
        RouteError::WrongMethod { allow } => Problem::method_not_allowed(allow),
    })
}

async fn dispatch<P: Platform>(call: &Call<'_, P>, whole: WholeCall) -> Result<Response, Problem> {
    match whole {
        WholeCall::OpenApi => Ok(answer::json_text(StatusCode::OK, OPENAPI.to_owned())),
        WholeCall::SignUp => accounts::sign_up(call).await,
        WholeCall::SignIn => accounts::sign_in(call).await,
        WholeCall::User { user, call: user_call } => {
            let caller = auth::authorize(call.platform, call.settings, call.request, &user).await?;
            answer_user(call, caller, user_call).await
        }
    }
}

async fn answer_user<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    user_call: UserCall,
) -> Result<Response, Problem> {
    if user_call.is_rare_write() {
        throttle::rare_write(call, caller).await?;
    }
    match user_call {
        UserCall::ListTasks => lists::list(call, caller).await,
        UserCall::Stats => lists::stats(call, caller).await,
        UserCall::Upcoming => lists::upcoming(call, caller).await,
        UserCall::Overdue => lists::overdue(call, caller).await,
        UserCall::Changes => changes::changes(call, caller).await,
        UserCall::Imports => transfer::imports(call, caller).await,
        UserCall::ReadImport(id) => transfer::read_import(call, caller, id).await,
        UserCall::CreateTask => tasks::create(call, caller).await,
        UserCall::ReadTask(id) => tasks::read(call, caller, id).await,
        UserCall::History(id) => lists::history(call, caller, id).await,
        UserCall::ReplaceTask(id) => tasks::replace(call, caller, id).await,
        UserCall::ChangeTask(id) => tasks::change(call, caller, id).await,
        UserCall::DeleteTask(id) => tasks::delete(call, caller, id).await,
        UserCall::SetCompleted(id) => tasks::set_completed(call, caller, id).await,
        UserCall::Complete(id) => tasks::complete(call, caller, id).await,
        UserCall::Reopen(id) => tasks::reopen(call, caller, id).await,
        UserCall::Skip(id) => tasks::skip(call, caller, id).await,
        UserCall::Snooze(id) => tasks::snooze(call, caller, id).await,
        UserCall::PreviewRecurrence => recurrence::preview(call, caller).await,
        UserCall::ReadProfile => profile::read(call, caller).await,
        UserCall::ChangeProfile => profile::change(call, caller).await,
        UserCall::DeleteProfile => profile::delete(call, caller).await,
        UserCall::SetPassword => profile::set_password(call, caller).await,
        UserCall::ListChannels => channels::list(call, caller).await,
        UserCall::ReplaceChannels => channels::replace(call, caller).await,
        UserCall::AddChannel => channels::add(call, caller).await,
        UserCall::RemoveChannel(id) => channels::remove(call, caller, id).await,
        UserCall::RotateSecret(id) => channels::rotate(call, caller, id).await,
        UserCall::ListDeliveries => deliveries::list(call, caller).await,
        UserCall::ReadDelivery(id) => deliveries::read(call, caller, id).await,
        UserCall::ReplayDelivery(id) => deliveries::replay(call, caller, id).await,
    }
}

/// A token that holds and is good for nothing any more.
pub(crate) fn gone() -> Problem {
    Problem::unauthenticated("the account has ended, or its password has changed; sign in again")
}
