//! Telling people: a reminder that fell due becomes a delivery for each channel of its user, and
//! deliveries are sent until they arrive or there is no more use in trying.
//!
//! Deliveries are rows. Whoever has committed one sends it at once, after the answer; the tick
//! sends what was left, whether by quiet hours, by a retry, or by a crash. What reaches a channel
//! does so at least once, with an id that stays the same.

mod abridged;
mod configuration;
mod deliver;
mod notice;
mod plan;
mod secrets;
mod send;
#[cfg(test)]
mod tests;

pub use configuration::{Notification, Sending};
pub use deliver::deliver;

pub(crate) use secrets::Secrets;

use http::Method;
use task_contracts::names::route;

use crate::{Platform, Problem, Request, Response, Settings, consume};

/// Answers whatever Dapr brings to the component.
pub async fn handle<P: Platform>(platform: &P, settings: &Settings, request: &Request) -> Response {
    match request.uri().path().trim_end_matches('/') {
        route::NOTIFY => {
            consume::answer(request, settings, async |event| {
                plan::plan_deliveries(platform, event).await
            })
            .await
        }
        route::CRON_DELIVERIES => {
            consume::called(request, settings, async || {
                let delivered = match settings.notification.sending {
                    Sending::InTick => deliver(platform, settings).await,
                    Sending::AfterAnswer => Ok(()),
                };
                consume::acknowledged(delivered)
            })
            .await
        }
        _ => Problem::not_found("nothing is here").into_response(),
    }
}

/// What is left to do when the answer is out.
pub async fn after_answer<P: Platform>(platform: &P, settings: &Settings, request: &Request) {
    let caused_work = *request.method() == Method::POST;
    if caused_work
        && settings.notification.sending == Sending::AfterAnswer
        && let Err(error) = deliver(platform, settings).await
    {
        tracing::warn!(%error, "deliveries are left for the next tick");
    }
}
