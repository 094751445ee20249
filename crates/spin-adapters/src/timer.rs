//! Waiting, on the monotonic clock of WASI.

use std::future::{Future, poll_fn};
use std::task::Poll;
use std::time::Duration;

use spin_executor::{CancelOnDropToken, push_waker_and_get_token};
use wasi::clocks::monotonic_clock;

/// Ready once `duration` has passed.
pub(crate) fn sleep(duration: Duration) -> impl Future<Output = ()> {
    let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let at = monotonic_clock::now().saturating_add(nanoseconds);
    // Dropping the token takes the timer back, so that a finished request waits for nothing.
    let mut registration: Option<CancelOnDropToken> = None;
    poll_fn(move |context| {
        // The executor wakes everything at once: only the clock tells whether it is our turn.
        if monotonic_clock::now() >= at {
            return Poll::Ready(());
        }
        let timer = monotonic_clock::subscribe_instant(at);
        let token = push_waker_and_get_token(timer, context.waker().clone());
        registration = Some(CancelOnDropToken::from(token));
        let _ = &registration;
        Poll::Pending
    })
}
