//! Live sync: every open device hears of a change at once, by a stream of its own or by the
//! realtime hub.
//!
//! Nothing here decides what a change is: streams read the change feed, and the hub is told what
//! the event says.

mod admission;
mod frame;
mod hub;
mod position;
mod route;
mod stream;

use http::StatusCode;

use crate::ports::{BodySource, Responder};
use crate::{Platform, Problem, Settings, api, consume, limits};
use route::{Route, SyncCall};

/// The types of bodies, for the OpenAPI document.
#[cfg(feature = "openapi")]
pub(crate) mod schema {
    pub(crate) use super::admission::{SyncTicket, TicketQuery};
    pub(crate) use super::position::SyncQuery;
}

/// Answers any request to this component: with a stream, or whole.
pub async fn handle<P: Platform>(
    platform: &P,
    settings: &Settings,
    head: &http::Request<()>,
    mut body: impl BodySource,
    responder: impl Responder,
) {
    let body = match body.collect(limits::BODY_BYTES_MAX).await {
        Ok(body) => body,
        Err(problem) => return responder.answer(problem.into_response()).await,
    };
    let request = head.clone().map(|()| body);
    match Route::parse(request.method(), request.uri().path()) {
        Ok(Route::User { user, call: SyncCall::Follow }) => {
            match stream::open(platform, settings, &request, &user).await {
                Ok(stream) => stream.run(responder).await,
                Err(problem) => responder.answer(problem.into_response()).await,
            }
        }
        Ok(Route::User { user, call: SyncCall::IssueTicket }) => {
            let ticket = admission::issue(platform, settings, &request, &user).await;
            let answer = ticket.map(|ticket| api::json(StatusCode::OK, &ticket));
            responder.answer(answer.unwrap_or_else(Problem::into_response)).await;
        }
        Ok(Route::User { user, call: SyncCall::CheckTicket }) => {
            let checked = admission::check(platform, settings, &request, &user).await;
            let answer = checked.map(|()| api::empty(StatusCode::NO_CONTENT));
            responder.answer(answer.unwrap_or_else(Problem::into_response)).await;
        }
        Ok(Route::Publish) => {
            let publish = async |message: &_| hub::publish(platform, settings, message).await;
            let answer = consume::answer(&request, settings, publish).await;
            responder.answer(answer).await;
        }
        Err(problem) => responder.answer(problem.into_response()).await,
    }
}
