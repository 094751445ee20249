//! The public HTTP API: a request in, an answer out.

mod accounts;
mod answer;

mod changes;
mod lists;
mod route;
mod tasks;

pub(crate) use answer::json;
pub(crate) use changes::change;
pub use route::{Route, RouteError, UserCall};

use http::StatusCode;

use crate::{Platform, Problem, Request, Response, Settings, auth};

/// The types of bodies and parameters, for the OpenAPI document.
#[cfg(feature = "openapi")]
pub(crate) mod schema {
    pub(crate) use super::accounts::{SignIn, SignUp, SignedIn};
    pub(crate) use super::changes::{ChangeFeed, ChangesQuery};
    pub(crate) use super::lists::{
        CountedTasks, ListQuery, SpanQuery, TaskHistory, TaskList, TaskStats,
    };
    pub(crate) use super::tasks::{Completion, Snooze, TaskInput};
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
    request: &Request,
    client: &str,
) -> Response {
    let call = Call { platform, settings, request, client };
    dispatch(&call).await.unwrap_or_else(Problem::into_response)
}

async fn dispatch<P: Platform>(call: &Call<'_, P>) -> Result<Response, Problem> {
    let request = call.request;
    let route =
        Route::parse(request.method(), request.uri().path()).map_err(|error| match error {
            RouteError::Unknown => Problem::not_found("no call has this path; see /openapi.json"),
            RouteError::WrongMethod { allow } => Problem::method_not_allowed(allow),
        })?;
    match route {
        Route::OpenApi => Ok(answer::json_text(StatusCode::OK, OPENAPI.to_owned())),
        Route::SignUp => accounts::sign_up(call).await,
        Route::SignIn => accounts::sign_in(call).await,
        Route::User { user, call: user_call } => {
            let now_s = call.platform.now().timestamp();
            let user = auth::authorize(request, call.settings, now_s, &user)?;
            match user_call {
                UserCall::ListTasks => lists::list(call, user).await,
                UserCall::Stats => lists::stats(call, user).await,
                UserCall::Upcoming => lists::upcoming(call, user).await,
                UserCall::Overdue => lists::overdue(call, user).await,
                UserCall::Changes => changes::changes(call, user).await,
                UserCall::CreateTask => tasks::create(call, user).await,
                UserCall::ReadTask(id) => tasks::read(call, user, id).await,
                UserCall::History(id) => lists::history(call, user, id).await,
                UserCall::ReplaceTask(id) => tasks::replace(call, user, id).await,
                UserCall::ChangeTask(id) => tasks::change(call, user, id).await,
                UserCall::DeleteTask(id) => tasks::delete(call, user, id).await,
                UserCall::SetCompleted(id) => tasks::set_completed(call, user, id).await,
                UserCall::Complete(id) => tasks::complete(call, user, id).await,
                UserCall::Reopen(id) => tasks::reopen(call, user, id).await,
                UserCall::Skip(id) => tasks::skip(call, user, id).await,
                UserCall::Snooze(id) => tasks::snooze(call, user, id).await,
            }
        }
    }
}

/// A valid token whose account is gone is no longer a sign-in.
pub(crate) fn gone() -> Problem {
    Problem::unauthenticated("the account of this token no longer exists")
}
