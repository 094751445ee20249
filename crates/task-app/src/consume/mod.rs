//! What Dapr brings: events, and the ticks of its clocks. The answer to an event says what the
//! broker is to do with the message: nothing here may answer 404, which would take it away for
//! ever.

mod dead_letter;
mod recurrence;

pub use dead_letter::bury_dead_letter;
pub use recurrence::make_next_instance;

use dapr_protocol::AppResponseStatus;
use http::{Method, StatusCode};
use task_contracts::envelope::CloudEvent;
use task_store::StoreError;

use crate::{Problem, Request, Response, Settings, api, auth};

/// What becomes of a delivered message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consumed {
    /// Its effect is committed, or there is none to commit.
    Done,
    /// Something that will pass stood in the way: deliver it again.
    Retry,
    /// It will never be readable: to the dead letters.
    Poison,
}

/// Runs a consumer behind the check that it is Dapr who calls.
pub async fn answer(
    request: &Request,
    settings: &Settings,
    consumer: impl AsyncFnOnce(&Request) -> Consumed,
) -> Response {
    if let Err(problem) = auth::admit_dapr(request, settings) {
        return problem.into_response();
    }
    let status = match consumer(request).await {
        Consumed::Done => AppResponseStatus::Success,
        Consumed::Retry => AppResponseStatus::Retry,
        Consumed::Poison => AppResponseStatus::Drop,
    };
    status.to_http()
}

/// The event of a delivery; what cannot be read now never can.
pub(crate) fn event(request: &Request) -> Result<CloudEvent, Consumed> {
    CloudEvent::parse(request.body()).map_err(|error| {
        tracing::error!(%error, "a delivered event cannot be read");
        Consumed::Poison
    })
}

/// Answers a call of Dapr that is no event, a tick or a job, behind the same check. Before the
/// first tick the sidecar asks by OPTIONS whether ticks are wanted.
pub(crate) async fn called(
    request: &Request,
    settings: &Settings,
    work: impl AsyncFnOnce() -> Response,
) -> Response {
    if request.method() == Method::OPTIONS {
        return api::empty(StatusCode::OK);
    }
    if let Err(problem) = auth::admit_dapr(request, settings) {
        return problem.into_response();
    }
    work().await
}

/// What a tick came to. The next one comes anyway, and finds what a failure left undone; the answer
/// tells whoever looks at the sidecar.
pub(crate) fn acknowledged(outcome: Result<(), StoreError>) -> Response {
    match outcome {
        Ok(()) => api::empty(StatusCode::OK),
        Err(error) => Problem::from(error).into_response(),
    }
}

/// A wanted type on its topic, but nobody here wants it: acknowledged, so that it never counts as
/// undeliverable.
pub async fn ignore(_: &Request) -> Consumed {
    Consumed::Done
}
