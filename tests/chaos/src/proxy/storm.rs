//! How rough the way is at the moment: which share of the requests meets trouble.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rand::RngExt;
use rand::rngs::StdRng;

const THOUSAND: u32 = 1_000;

/// The weather of one way.
#[derive(Debug)]
pub(crate) struct Storm {
    troubled_per_thousand: AtomicU32,
    dice: Mutex<StdRng>,
}

impl Storm {
    /// Calm.
    pub(crate) fn new(dice: StdRng) -> Self {
        Storm { troubled_per_thousand: AtomicU32::new(0), dice: Mutex::new(dice) }
    }

    pub(crate) fn set(&self, troubled_per_thousand: u32) {
        self.troubled_per_thousand.store(troubled_per_thousand, Ordering::Relaxed);
    }

    /// Dice for a request that meets trouble; `None` for one that passes.
    pub(super) fn strikes(&self) -> Option<MutexGuard<'_, StdRng>> {
        let share = self.troubled_per_thousand.load(Ordering::Relaxed);
        let mut dice = self.dice.lock().unwrap_or_else(PoisonError::into_inner);
        let strikes = dice.random_range(0..THOUSAND) < share;
        strikes.then_some(dice)
    }
}
