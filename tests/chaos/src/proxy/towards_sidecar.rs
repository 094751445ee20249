//! The way from the app to its sidecar: publishing and arming are refused, delayed beyond every
//! patience, done without an answer, or cut off.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use rand::RngExt;
use rand::rngs::StdRng;

use super::Storm;
use super::http::{Answer, Call, Manner, Upstream, answer_with};
use crate::dice::between;
use crate::tally::{Count, Tally};

#[derive(Debug)]
pub(crate) struct TowardsSidecar {
    pub(crate) storm: Storm,
    tally: Arc<Tally>,
}

/// What befalls a request.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    Refused(StatusCode),
    /// Done, and told as failed.
    AnswerLost(StatusCode),
    Slow(Duration),
    /// Done when nobody waits for it any more.
    Late(Duration),
    CutBefore,
    CutAfter,
}

/// The app gives publishing up after two seconds.
const LATE_MS: (u64, u64) = (2_200, 4_000);
const SLOW_MS: (u64, u64) = (50, 1_500);

impl TowardsSidecar {
    pub(crate) fn new(storm: Storm, tally: Arc<Tally>) -> Self {
        TowardsSidecar { storm, tally }
    }
}

impl Manner for TowardsSidecar {
    async fn treat(self: Arc<Self>, call: Call, upstream: Upstream) -> Option<Answer> {
        let Some(trouble) = self.storm.strikes().map(|mut dice| trouble(&mut dice)) else {
            return upstream.send(&call).await;
        };
        self.tally.add(Count::SidecarTroubles);
        match trouble {
            Trouble::Refused(status) => Some(answer_with(status)),
            Trouble::AnswerLost(status) => upstream.send(&call).await.map(|_| answer_with(status)),
            Trouble::Slow(wait) => {
                tokio::time::sleep(wait).await;
                upstream.send(&call).await
            }
            Trouble::Late(wait) => {
                // On its own: the caller hangs up, and hyper would drop what it waited for.
                let late = tokio::spawn(async move {
                    tokio::time::sleep(wait).await;
                    upstream.send(&call).await
                });
                late.await.ok().flatten()
            }
            Trouble::CutBefore => None,
            Trouble::CutAfter => {
                upstream.send(&call).await;
                None
            }
        }
    }
}

fn trouble(dice: &mut StdRng) -> Trouble {
    let failure = [
        StatusCode::INTERNAL_SERVER_ERROR,
        StatusCode::BAD_GATEWAY,
        StatusCode::SERVICE_UNAVAILABLE,
        StatusCode::GATEWAY_TIMEOUT,
    ][dice.random_range(0..4)];
    match dice.random_range(0..6) {
        0 => Trouble::Refused(failure),
        1 => Trouble::AnswerLost(failure),
        2 => Trouble::Slow(between(dice, SLOW_MS.0, SLOW_MS.1)),
        3 => Trouble::Late(between(dice, LATE_MS.0, LATE_MS.1)),
        4 => Trouble::CutBefore,
        _ => Trouble::CutAfter,
    }
}
