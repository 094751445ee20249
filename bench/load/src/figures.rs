//! What a measurement gives: counts, exact percentiles, and what the machine was busy with. It
//! measures nothing itself.

use std::time::Duration;

use crate::machine::{self, Usage};

/// Of the machine's time; what is idle below this is the measuring's own unevenness.
const IDLE_WHEN_BOUND_BY_PROCESSOR: f64 = 0.12;
/// Of the machine's time: so much waiting is more than the odd checkpoint.
const WAITING_WHEN_BOUND_BY_DISK: f64 = 0.15;

/// The latency of every request of one measurement.
#[derive(Clone, Debug, Default)]
pub(crate) struct Latencies {
    sorted_us: Vec<u32>,
}

/// What all turns of one work on one side gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    pub(crate) latencies: Latencies,
    pub(crate) elapsed: Duration,
    pub(crate) usage: Usage,
    pub(crate) rss_mib: u64,
}

impl Latencies {
    pub(crate) fn of(mut latencies_us: Vec<u32>) -> Self {
        latencies_us.sort_unstable();
        Latencies { sorted_us: latencies_us }
    }

    pub(crate) fn count(&self) -> usize {
        self.sorted_us.len()
    }

    /// The smallest latency that this share of all requests did not exceed (nearest rank).
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.count() * percent).div_ceil(100).max(1);
        let us = self.sorted_us.get(rank - 1).copied().unwrap_or(0);
        Duration::from_micros(u64::from(us))
    }
}

impl Measured {
    /// The next turn of the same work.
    pub(crate) fn add(&mut self, turn: Measured) {
        let both = [&self.latencies.sorted_us[..], &turn.latencies.sorted_us].concat();
        self.latencies = Latencies::of(both);
        self.elapsed += turn.elapsed;
        self.usage = self.usage.and(turn.usage);
        self.rss_mib = self.rss_mib.max(turn.rss_mib);
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.count() as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }
}

/// Which resource was used up; `pace` where requests came by the clock.
pub(crate) fn binds(usage: &Usage, paced: bool) -> &'static str {
    let cores = machine::cores() as f64;
    if usage.cores(usage.busy) > cores * (1.0 - IDLE_WHEN_BOUND_BY_PROCESSOR) {
        return "processor";
    }
    match paced {
        true => "pace",
        false if usage.cores(usage.waiting_for_disk) > cores * WAITING_WHEN_BOUND_BY_DISK => "disk",
        false => "turns of waiting",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let latencies = Latencies::of((1..=200).rev().collect());
        for (percent, us) in [(0, 1), (50, 100), (99, 198), (100, 200)] {
            assert_eq!(latencies.percentile(percent), Duration::from_micros(us), "p{percent}");
        }
    }

    #[test]
    fn of_nothing_every_percentile_is_zero() {
        assert_eq!(Latencies::default().percentile(99), Duration::ZERO);
    }

    #[test]
    fn turns_add_up() {
        let turn = |latencies_us: Vec<u32>| Measured {
            latencies: Latencies::of(latencies_us),
            elapsed: Duration::from_secs(1),
            ..Measured::default()
        };
        let mut both = turn(vec![5, 1]);
        both.add(turn(vec![3, 2]));
        assert_eq!(both.latencies.percentile(100), Duration::from_micros(5));
        assert_eq!(both.per_second(), 2.0);
    }

    #[test]
    fn what_is_used_up_binds() {
        let all = Duration::from_secs(machine::cores() as u64);
        let usage = |busy: Duration, waiting_for_disk: Duration| Usage {
            elapsed: Duration::from_secs(1),
            busy,
            waiting_for_disk,
            ..Usage::default()
        };
        assert_eq!(binds(&usage(all, Duration::ZERO), true), "processor");
        assert_eq!(binds(&usage(all / 2, all / 2), false), "disk");
        assert_eq!(binds(&usage(all / 2, all / 2), true), "pace");
        assert_eq!(binds(&usage(all / 2, Duration::ZERO), false), "turns of waiting");
    }
}
