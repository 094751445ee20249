//! Waiting for what the host will tell: a registration with the executor, and sleeping.

use std::future::{Future, poll_fn};
use std::task::{Context, Poll};
use std::time::Duration;

use spin_executor::{CancelOnDropToken, push_waker_and_get_token};
use wasi::clocks::monotonic_clock;
use wasi::io::poll::Pollable;

/// One wait at a time. Dropping it takes the wait back, so that a finished request waits for
/// nothing.
#[derive(Default)]
pub(crate) struct Registration(Option<CancelOnDropToken>);

impl Registration {
    /// Pending until `pollable` is ready. The executor wakes everything at once, so whoever is
    /// woken must look again.
    pub(crate) fn wait<T>(&mut self, pollable: Pollable, context: &Context<'_>) -> Poll<T> {
        let token = push_waker_and_get_token(pollable, context.waker().clone());
        self.0 = Some(CancelOnDropToken::from(token));
        Poll::Pending
    }
}

/// Ready once `duration` has passed.
pub(crate) fn sleep(duration: Duration) -> impl Future<Output = ()> {
    let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let at = monotonic_clock::now().saturating_add(nanoseconds);
    let mut registration = Registration::default();
    poll_fn(move |context| {
        if monotonic_clock::now() >= at {
            return Poll::Ready(());
        }
        registration.wait(monotonic_clock::subscribe_instant(at), context)
    })
}
