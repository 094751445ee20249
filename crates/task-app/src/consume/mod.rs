//! Events that Dapr delivers. The answer says what the broker is to do with the message: nothing
//! here may answer 404, which would take it away for ever.

mod dead_letter;
mod recurrence;

pub use dead_letter::bury_dead_letter;
pub use recurrence::make_next_instance;

use dapr_protocol::AppResponseStatus;

use crate::{Request, Response, Settings, auth};

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

/// A wanted type on its topic, but nobody here wants it: acknowledged, so that it never counts as
/// undeliverable.
pub async fn ignore(_: &Request) -> Consumed {
    Consumed::Done
}
