//! The works: what is asked for, by how many, and how fast.

use crate::measure::Pace;
use crate::script::{MIXED, Step};
use crate::setup::{Publishing, Side};

/// Connections that ask as fast as they are answered, each of a user of its own.
pub(crate) const CONNECTIONS: usize = 16;
/// People at the same time.
pub(crate) const USERS: usize = 100;
/// Each of them does something every half second: far from the knee, so that the latency is the
/// work's own and not that of a queue.
const UNHURRIED: u32 = 200;

pub(crate) const CREATING: &[Step] = &[Step::Create];
const LISTING: &[Step] = &[Step::List];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    List,
    Create,
    UnhurriedCreate,
    CreateAndPublish,
    UnhurriedCreateAndPublish,
    Mixed,
    UnhurriedMixed,
}

impl Work {
    const ALL: [Work; 7] = [
        Work::List,
        Work::Create,
        Work::UnhurriedCreate,
        Work::CreateAndPublish,
        Work::UnhurriedCreateAndPublish,
        Work::Mixed,
        Work::UnhurriedMixed,
    ];

    /// In the order in which they are measured.
    pub(crate) fn with(publishing: Publishing) -> impl Iterator<Item = Work> {
        Self::ALL.into_iter().filter(move |work| work.publishing() == publishing)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Work::List => "list 20",
            Work::Create => "create",
            Work::UnhurriedCreate => "create, 200/s",
            Work::CreateAndPublish => "create+publish",
            Work::UnhurriedCreateAndPublish => "create+publish, 200/s",
            Work::Mixed => "mixed, 100 users",
            Work::UnhurriedMixed => "mixed, 100 users, 200/s",
        }
    }

    pub(crate) fn publishing(self) -> Publishing {
        match self {
            Work::List | Work::Create | Work::UnhurriedCreate => Publishing::Off,
            Work::CreateAndPublish
            | Work::UnhurriedCreateAndPublish
            | Work::Mixed
            | Work::UnhurriedMixed => Publishing::On,
        }
    }

    pub(crate) fn pace(self) -> Pace {
        match self {
            Work::List | Work::Create | Work::CreateAndPublish | Work::Mixed => {
                Pace::AsFastAsAnswered
            }
            Work::UnhurriedCreate | Work::UnhurriedCreateAndPublish | Work::UnhurriedMixed => {
                Pace::PerSecond(UNHURRIED)
            }
        }
    }

    pub(crate) fn connections(self) -> usize {
        match self {
            Work::List | Work::Create | Work::CreateAndPublish => CONNECTIONS,
            Work::UnhurriedCreate
            | Work::UnhurriedCreateAndPublish
            | Work::Mixed
            | Work::UnhurriedMixed => USERS,
        }
    }

    pub(crate) fn steps(self) -> &'static [Step] {
        match self {
            Work::List => LISTING,
            Work::Create
            | Work::UnhurriedCreate
            | Work::CreateAndPublish
            | Work::UnhurriedCreateAndPublish => CREATING,
            Work::Mixed | Work::UnhurriedMixed => &MIXED,
        }
    }

    pub(crate) fn only_creates(self) -> bool {
        self.steps() == CREATING
    }

    /// The twin lists and creates, and no more.
    pub(crate) fn is_offered_by(self, side: Side) -> bool {
        side != Side::Twin || self.steps() != MIXED
    }
}
