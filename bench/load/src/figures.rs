//! What a measurement gives: counts and exact percentiles. It measures nothing itself.

use std::time::Duration;

/// The latency of every request of one measurement.
#[derive(Debug, Default)]
pub(crate) struct Latencies {
    sorted_us: Vec<u32>,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figures {
    pub(crate) work: &'static str,
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) max: Duration,
    pub(crate) rss_mib: Option<u64>,
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
}
