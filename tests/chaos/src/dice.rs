//! Chance, all of it from one seed. Each part of a run has a sequence of its own, so that what one
//! part draws does not depend on how often another one did.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Who draws.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part {
    Arrivals,
    HostKills,
    SidecarKills,
    BackendKills,
    Resets,
    Pauses,
    Storms,
    TowardsSidecar,
    TowardsApp,
    Receiver,
    Pollers,
    Streams,
    /// Whoever carries out an arrival, known by its number.
    Deed(u64),
}

/// The numbers of arrivals begin here.
const FIRST_DEED: u64 = 100;

pub(crate) fn generator(seed: u64, part: Part) -> StdRng {
    let part = match part {
        Part::Arrivals => 1,
        Part::HostKills => 2,
        Part::SidecarKills => 3,
        Part::BackendKills => 4,
        Part::Resets => 5,
        Part::Pauses => 6,
        Part::Storms => 7,
        Part::TowardsSidecar => 8,
        Part::TowardsApp => 9,
        Part::Receiver => 10,
        Part::Pollers => 11,
        Part::Streams => 12,
        Part::Deed(number) => FIRST_DEED + number,
    };
    StdRng::seed_from_u64(seed ^ part.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// The time to the next of what happens at random moments, this long apart on average.
pub(crate) fn exponential(dice: &mut StdRng, mean: Duration) -> Duration {
    let share: f64 = dice.random_range(0.0..1.0);
    mean.mul_f64(-(1.0 - share).ln())
}

/// Any time between both.
pub(crate) fn between(dice: &mut StdRng, shortest_ms: u64, longest_ms: u64) -> Duration {
    Duration::from_millis(dice.random_range(shortest_ms..=longest_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_each_part_its_own_sequence_and_the_same_again() {
        let draw = |seed, part| generator(seed, part).random::<u64>();
        assert_eq!(draw(7, Part::Arrivals), draw(7, Part::Arrivals));
        assert_ne!(draw(7, Part::Arrivals), draw(7, Part::HostKills));
        assert_ne!(draw(7, Part::Deed(0)), draw(7, Part::Deed(1)));
        assert_ne!(draw(7, Part::Arrivals), draw(8, Part::Arrivals));
    }

    #[test]
    fn times_between_random_moments_have_their_mean() {
        let mut dice = generator(7, Part::Arrivals);
        let mean = Duration::from_millis(100);
        let sum: Duration = (0..10_000).map(|_| exponential(&mut dice, mean)).sum();
        let measured = sum / 10_000;
        assert!(measured.abs_diff(mean) < Duration::from_millis(5), "{measured:?}");
    }
}
