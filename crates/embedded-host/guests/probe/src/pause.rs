//! Waiting as the guest does it: for a time, for a response, and reading both clocks.

use spin_executor::{CancelOnDropToken, push_waker_and_get_token};
use spin_sdk::http::IncomingResponse;
use spin_sdk::wit::wasi::http0_2_0::types::{ErrorCode, FutureIncomingResponse};
use std::future::poll_fn;
use std::task::{Context, Poll};
use wasi::clocks::{monotonic_clock, wall_clock};
use wasi::io::poll::Pollable;

const NANOS_PER_MS: u64 = 1_000_000;

pub async fn sleep_ms(ms: u64) {
    let wake_at = monotonic_clock::now() + ms * NANOS_PER_MS;
    let mut wake: Option<CancelOnDropToken> = None;
    // The executor may poll for another reason: only the clock says whether the pause is over.
    poll_fn(move |context| {
        if monotonic_clock::now() >= wake_at {
            return Poll::Ready(());
        }
        drop(wake.replace(wake_on(monotonic_clock::subscribe_instant(wake_at), context)));
        Poll::Pending
    })
    .await
}

pub async fn response(pending: FutureIncomingResponse) -> Result<IncomingResponse, ErrorCode> {
    let mut wake: Option<CancelOnDropToken> = None;
    poll_fn(move |context| match pending.get() {
        Some(Ok(outcome)) => {
            drop(wake.take());
            Poll::Ready(outcome)
        }
        Some(Err(())) => Poll::Ready(Err(ErrorCode::InternalError(None))),
        None => {
            drop(wake.replace(wake_on(pending.subscribe(), context)));
            Poll::Pending
        }
    })
    .await
}

/// The wall clock in seconds and the monotonic clock in milliseconds.
pub fn clocks() -> String {
    let wall = wall_clock::now();
    format!("{} {}", wall.seconds, monotonic_clock::now() / NANOS_PER_MS)
}

fn wake_on(pollable: Pollable, context: &Context<'_>) -> CancelOnDropToken {
    push_waker_and_get_token(pollable, context.waker().clone()).into()
}
