//! What somebody does with a task, and how often which.

use rand::RngExt;
use rand::rngs::StdRng;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Create,
    Update,
    Complete,
    Skip,
    Reopen,
    Delete,
}

/// Of a hundred deeds. Completions dominate; a recurring task that is completed brings the next
/// one by itself.
const SHARES: [(Deed, u32); 6] = [
    (Deed::Complete, 52),
    (Deed::Create, 24),
    (Deed::Update, 8),
    (Deed::Delete, 7),
    (Deed::Reopen, 6),
    (Deed::Skip, 3),
];

impl Deed {
    pub(crate) fn draw(dice: &mut StdRng) -> Self {
        let mut roll = dice.random_range(0..SHARES.iter().map(|(_, share)| share).sum());
        for (deed, share) in SHARES {
            if roll < share {
                return deed;
            }
            roll -= share;
        }
        Deed::Complete
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Deed::Create => "create",
            Deed::Update => "update",
            Deed::Complete => "complete",
            Deed::Skip => "skip",
            Deed::Reopen => "reopen",
            Deed::Delete => "delete",
        }
    }
}
