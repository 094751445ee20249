//! What is counted while a run goes on: what people got done, and what was done to the app.

use std::sync::atomic::{AtomicU64, Ordering};

/// One thing that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    /// Answered with 2xx.
    Writes,
    /// Of them, those that completed a task.
    Completions,
    /// Requests sent again, because nobody answered or the answer was 5xx.
    Repeats,
    SignUps,
    HostKills,
    SidecarKills,
    BackendKills,
    Resets,
    Pauses,
    ClockJumps,
    /// Requests to the sidecar that met an error, a wait or no answer.
    SidecarTroubles,
    /// Deliveries sent five times.
    Duplicates,
    /// Deliveries of long ago, sent again.
    Replays,
    /// Deliveries held up, refused, or whose answer was lost.
    DeliveryTroubles,
}

#[derive(Debug, Default)]
pub(crate) struct Tally([AtomicU64; Count::ALL.len()]);

impl Count {
    pub(crate) const ALL: [Count; 14] = [
        Count::Writes,
        Count::Completions,
        Count::Repeats,
        Count::SignUps,
        Count::HostKills,
        Count::SidecarKills,
        Count::BackendKills,
        Count::Resets,
        Count::Pauses,
        Count::ClockJumps,
        Count::SidecarTroubles,
        Count::Duplicates,
        Count::Replays,
        Count::DeliveryTroubles,
    ];

    pub(crate) const KILLS: [Count; 3] =
        [Count::HostKills, Count::SidecarKills, Count::BackendKills];

    pub(crate) fn words(self) -> &'static str {
        match self {
            Count::Writes => "writes answered with 2xx",
            Count::Completions => "completions among them",
            Count::Repeats => "requests repeated by clients",
            Count::SignUps => "people who signed up",
            Count::HostKills => "kill -9 of the host",
            Count::SidecarKills => "kill -9 of the sidecar",
            Count::BackendKills => "database backends terminated",
            Count::Resets => "rounds of connection resets",
            Count::Pauses => "processes stopped for a while",
            Count::ClockJumps => "jumps of the clock",
            Count::SidecarTroubles => "requests to the sidecar refused, delayed or cut",
            Count::Duplicates => "deliveries sent five times",
            Count::Replays => "old deliveries sent again",
            Count::DeliveryTroubles => "deliveries delayed, refused or cut",
        }
    }
}

impl Tally {
    pub(crate) fn add(&self, count: Count) {
        self.add_many(count, 1);
    }

    pub(crate) fn add_many(&self, count: Count, many: u64) {
        self.0[count as usize].fetch_add(many, Ordering::Relaxed);
    }

    pub(crate) fn of(&self, count: Count) -> u64 {
        self.0[count as usize].load(Ordering::Relaxed)
    }

    pub(crate) fn kills(&self) -> u64 {
        Count::KILLS.iter().map(|kind| self.of(*kind)).sum()
    }
}
