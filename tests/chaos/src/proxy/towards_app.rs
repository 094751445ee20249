//! The way from the sidecar to the app: deliveries come five times, in another order, once more
//! long after they were done, or are taken without the sidecar hearing of it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::StatusCode;
use rand::RngExt;
use rand::rngs::StdRng;

use super::Storm;
use super::http::{Answer, Call, Manner, Upstream, answer_with};
use crate::dice::between;
use crate::tally::{Count, Tally};

/// Where deliveries and alarms go; probes and ticks pass as they are.
const DISTURBED: [&str; 2] = ["/events/", "/job/"];
/// How often a duplicated delivery comes.
const COPIES: usize = 5;
/// Copies come within this time, between other deliveries.
const COPY_DELAY_MAX_MS: u64 = 800;
const DELAY_MS: (u64, u64) = (20, 1_500);
/// Deliveries of the last minute or so, one of which may come again.
const REMEMBERED: usize = 2_000;

#[derive(Debug)]
pub(crate) struct TowardsApp {
    pub(crate) storm: Storm,
    tally: Arc<Tally>,
    past: Mutex<Vec<Call>>,
}

/// What befalls a delivery.
#[derive(Clone, Debug)]
enum Trouble {
    Duplicated([Duration; COPIES - 1]),
    /// Passes, and an old one comes after it.
    OldOneToo(usize),
    Delayed(Duration),
    Refused,
    AnswerLost,
    CutBefore,
    CutAfter,
}

impl Manner for TowardsApp {
    async fn treat(self: Arc<Self>, call: Call, upstream: Upstream) -> Option<Answer> {
        if !DISTURBED.iter().any(|prefix| call.path().starts_with(prefix)) {
            return upstream.send(&call).await;
        }
        let trouble = self.storm.strikes().map(|mut dice| trouble(&mut dice));
        let trouble = trouble.map(|trouble| (self.remember(&call, &trouble), trouble));
        let Some((old, trouble)) = trouble else { return upstream.send(&call).await };
        self.tally.add(trouble.count());
        match trouble {
            Trouble::Duplicated(delays) => {
                for delay in delays {
                    send_later(call.clone(), upstream.clone(), delay);
                }
                upstream.send(&call).await
            }
            Trouble::OldOneToo(_) => {
                if let Some(old) = old {
                    send_later(old, upstream.clone(), Duration::ZERO);
                }
                upstream.send(&call).await
            }
            Trouble::Delayed(delay) => {
                tokio::time::sleep(delay).await;
                upstream.send(&call).await
            }
            Trouble::Refused => Some(answer_with(StatusCode::SERVICE_UNAVAILABLE)),
            Trouble::AnswerLost => {
                let lost = upstream.send(&call).await;
                lost.map(|_| answer_with(StatusCode::INTERNAL_SERVER_ERROR))
            }
            Trouble::CutBefore => None,
            Trouble::CutAfter => {
                upstream.send(&call).await;
                None
            }
        }
    }
}

impl TowardsApp {
    pub(crate) fn new(storm: Storm, tally: Arc<Tally>) -> Self {
        TowardsApp { storm, tally, past: Mutex::default() }
    }

    /// Keeps the call for later, and gives an old one when one is to come again.
    fn remember(&self, call: &Call, trouble: &Trouble) -> Option<Call> {
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        let old = match trouble {
            Trouble::OldOneToo(roll) if !past.is_empty() => Some(past[roll % past.len()].clone()),
            _ => None,
        };
        if past.len() < REMEMBERED {
            past.push(call.clone());
        } else if let Trouble::OldOneToo(roll) = trouble {
            past[roll % REMEMBERED] = call.clone();
        }
        old
    }
}

impl Trouble {
    fn count(&self) -> Count {
        match self {
            Trouble::Duplicated(_) => Count::Duplicates,
            Trouble::OldOneToo(_) => Count::Replays,
            _ => Count::DeliveryTroubles,
        }
    }
}

fn trouble(dice: &mut StdRng) -> Trouble {
    match dice.random_range(0..20) {
        0..6 => Trouble::Duplicated(std::array::from_fn(|_| between(dice, 0, COPY_DELAY_MAX_MS))),
        6..11 => Trouble::OldOneToo(dice.random_range(0..usize::MAX)),
        11..16 => Trouble::Delayed(between(dice, DELAY_MS.0, DELAY_MS.1)),
        16 => Trouble::Refused,
        17 => Trouble::AnswerLost,
        18 => Trouble::CutBefore,
        _ => Trouble::CutAfter,
    }
}

/// Nobody waits for its answer.
fn send_later(call: Call, upstream: Upstream, delay: Duration) {
    tokio::spawn(async move {
        tokio::time::sleep(delay).await;
        upstream.send(&call).await;
    });
}
