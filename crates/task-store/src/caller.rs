//! On whose behalf something is read or changed, and since when they may.

use task_domain::UserId;

/// A user as a token names them. A token of an earlier epoch is as good as none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    pub user: UserId,
    /// `None` where no token was given: an event, or a token that somebody else issues.
    pub token_epoch: Option<u32>,
}

impl From<UserId> for Caller {
    fn from(user: UserId) -> Self {
        Caller { user, token_epoch: None }
    }
}
