//! How requests follow each other: as soon as there is an answer, or by the clock.

use std::time::{Duration, Instant};

use anyhow::Result;
use bytes::Bytes;
use futures::future::try_join_all;

use crate::client::{Ask, Client};
use crate::figures::{Latencies, Measured};
use crate::machine::Processes;

/// Caches fill and branch predictors learn; what comes before is not counted.
const WARM_UP: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Pace {
    /// A closed loop: every connection sends its next request when it has its answer.
    AsFastAsAnswered,
    /// So many requests a second on all connections together. A request counts from the instant at
    /// which it was due, so one that had to wait for the answer before it is as slow as it was.
    PerSecond(u32),
}

/// What one connection asks for, request after request.
pub(crate) trait Asking {
    fn next(&mut self) -> Ask;

    /// The answer to what was asked last.
    fn answered(&mut self, body: &Bytes);
}

/// Runs all scripts for `span`, after a warm-up.
pub(crate) async fn run(
    clients: &mut [Client],
    scripts: &mut [impl Asking],
    pace: Pace,
    span: Duration,
    processes: &Processes,
) -> Result<Measured> {
    let start = Instant::now() + WARM_UP;
    let connections = clients.len();
    let all = clients.iter_mut().zip(scripts).enumerate().map(|(place, (client, script))| {
        let schedule = Schedule::new(pace, start, span, place, connections);
        one_connection(client, script, schedule)
    });
    let counted = async {
        tokio::time::sleep_until(start.into()).await;
        let before = processes.counters();
        tokio::time::sleep_until((start + span).into()).await;
        Ok(before.until(&processes.counters()))
    };
    let (latencies_us, usage) = futures::future::try_join(try_join_all(all), counted).await?;
    Ok(Measured {
        latencies: Latencies::of(latencies_us.concat()),
        elapsed: start.elapsed(),
        usage,
        rss_mib: processes.rss_mib(),
    })
}

/// When a connection sends.
struct Schedule {
    start: Instant,
    end: Instant,
    /// The next request's instant and the distance of those after it; `None`: at once.
    next: Option<(Instant, Duration)>,
}

impl Schedule {
    /// Connections that go by the clock take turns.
    fn new(
        pace: Pace,
        start: Instant,
        span: Duration,
        place: usize,
        connections: usize,
    ) -> Schedule {
        let next = match pace {
            Pace::AsFastAsAnswered => None,
            Pace::PerSecond(rate) => {
                let distance = Duration::from_secs(1) / rate;
                let first = start - WARM_UP + distance * place as u32;
                Some((first, distance * connections as u32))
            }
        };
        Schedule { start, end: start + span, next }
    }

    /// When the next request is due; in the past when the answer before it was late.
    fn due(&mut self) -> Option<Instant> {
        let due = match &mut self.next {
            None => Instant::now(),
            Some((next, distance)) => {
                let due = *next;
                *next += *distance;
                due
            }
        };
        (due < self.end).then_some(due)
    }
}

async fn one_connection(
    client: &mut Client,
    script: &mut impl Asking,
    mut schedule: Schedule,
) -> Result<Vec<u32>> {
    let mut latencies_us = Vec::new();
    while let Some(due) = schedule.due() {
        let sent = wait_for(due).await;
        let answer = client.send(script.next()).await?;
        script.answered(&answer);
        if due >= schedule.start {
            let us = sent.elapsed().as_micros();
            latencies_us.push(u32::try_from(us).unwrap_or(u32::MAX));
        }
    }
    Ok(latencies_us)
}

/// From when on a request counts: from its instant when that has passed, else from its sending,
/// because timers wake up to a millisecond late, which is none of the server's doing.
async fn wait_for(due: Instant) -> Instant {
    if due <= Instant::now() {
        return due;
    }
    tokio::time::sleep_until(due.into()).await;
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_take_turns_at_the_pace() {
        let start = Instant::now();
        let span = Duration::from_secs(1);
        let mut due: Vec<Duration> = (0..4)
            .flat_map(|place| {
                let mut schedule = Schedule::new(Pace::PerSecond(20), start, span, place, 4);
                std::iter::from_fn(move || schedule.due()).collect::<Vec<_>>()
            })
            .filter(|due| *due >= start)
            .map(|due| due - start)
            .collect();
        due.sort_unstable();
        let expected: Vec<Duration> = (0..20).map(|n| Duration::from_millis(50) * n).collect();
        assert_eq!(due, expected);
    }
}
