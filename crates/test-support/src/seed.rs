//! Chance that can be repeated: every run says its seed, and takes one from the environment.

use std::env;

use std::thread;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Repeats a run: `TASKMASTER_SEED=1234 cargo test …`.
const VARIABLE: &str = "TASKMASTER_SEED";

/// Where a run's random numbers begin.
#[derive(Clone, Copy, Debug)]
pub struct Seed(u64);

impl Seed {
    /// The seed asked for, or a new one; printed, so that a failure can be repeated.
    pub fn announce(test: &str) -> Self {
        let seed = match env::var(VARIABLE) {
            Ok(text) => text
                .parse()
                .unwrap_or_else(|_| panic!("{VARIABLE} is {text:?}; it has to be a number")),
            Err(_) => rand::random(),
        };
        eprintln!("{test}: {VARIABLE}={seed}");
        Seed(seed)
    }

    /// An own sequence for each part of a test, the same in every run with this seed.
    pub fn generator(self, part: u64) -> StdRng {
        StdRng::seed_from_u64(self.0 ^ part.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }
}

/// Lets a random while pass: for load that comes at random moments, and moments to kill at. Not
/// for waiting until something has happened.
pub fn pause(generator: &mut StdRng, longest: Duration) {
    thread::sleep(generator.random_range(Duration::ZERO..=longest));
}
