//! Repeating a request until it is answered, as a program does that has a key for it.

use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use test_support::{Answer, Call, Client};

use crate::dice::between;
use crate::run::Run;
use crate::tally::Count;

/// Longer than every outage of a run, with all the leases that it may leave behind.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two attempts: a program that hammers would only measure the rate limit.
const GAP_MS: (u64, u64) = (20, 250);

pub(super) struct Insisted {
    pub(super) answer: Answer,
    /// How often it was sent.
    pub(super) attempts: u32,
}

/// `None` when nobody answered for so long that something is broken.
pub(super) fn insist(
    run: &Run,
    client: &Client,
    call: &Call,
    dice: &mut StdRng,
) -> Option<Insisted> {
    let until = Instant::now() + PATIENCE;
    for attempts in 1.. {
        match client.try_call(call) {
            Ok(answer) if is_final(answer.status) => return Some(Insisted { answer, attempts }),
            _ if Instant::now() >= until => return None,
            _ => {}
        }
        run.tally.add(Count::Repeats);
        thread::sleep(between(dice, GAP_MS.0, GAP_MS.1));
    }
    None
}

fn is_final(status: u16) -> bool {
    const TOO_MANY_REQUESTS: u16 = 429;
    status < 500 && status != TOO_MANY_REQUESTS
}
