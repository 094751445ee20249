//! Committing a change set: what to do when the answer is lost, and when somebody else was faster.

use chrono::{DateTime, Utc};
use task_domain::UserId;
use task_store::change_set::IdempotencyKey;
use task_store::{Caller, ChangeSet, CommitOutcome, DbError, Store, StoreError};

use crate::Platform;
use crate::limits::CONFLICT_RETRIES_MAX;
use crate::request::Trace;

/// Who changes what, and on whose behalf: the same for every attempt at one decision.
pub(crate) struct Work<'p, P> {
    pub(crate) platform: &'p P,
    pub(crate) user: UserId,
    /// Of the token that asked for it; `None` where an event did.
    token_epoch: Option<u32>,
    pub(crate) at: DateTime<Utc>,
    /// The component, as in the `source` of its events.
    pub(crate) source: &'static str,
    pub(crate) trace: Trace,
    pub(crate) key: Option<IdempotencyKey>,
}

impl<'p, P: Platform> Work<'p, P> {
    pub(crate) fn new(
        platform: &'p P,
        caller: impl Into<Caller>,
        source: &'static str,
        trace: Trace,
    ) -> Self {
        let Caller { user, token_epoch } = caller.into();
        Work { platform, user, token_epoch, at: platform.now(), source, trace, key: None }
    }

    /// A change set that changes nothing yet.
    pub(crate) fn change_set(&self) -> ChangeSet {
        let token_epoch = self.token_epoch;
        ChangeSet { token_epoch, ..ChangeSet::new(self.platform.mint(), self.user, self.at) }
    }

    /// Commits. When the database does not answer, nobody knows whether it happened: the same
    /// change is sent once more, and its `change_id` makes the two one.
    pub(crate) async fn commit(&self, change_set: &ChangeSet) -> Result<CommitOutcome, StoreError> {
        let store = self.platform.store();
        match store.commit(change_set).await {
            Err(StoreError::Db(DbError::Unavailable(cause) | DbError::Unanswered(cause))) => {
                tracing::warn!(%cause, change_id = %change_set.change_id, "commit repeated");
                store.commit(change_set).await
            }
            outcome => outcome,
        }
    }
}

/// What one look at the rows led to.
pub(crate) enum Attempt<T> {
    Settled(T),
    /// The rows changed under the decision: look again.
    Conflict,
}

/// Looks and decides until nobody interferes; `None` when somebody always did.
pub(crate) async fn settle<T, E>(
    mut attempt: impl AsyncFnMut() -> Result<Attempt<T>, E>,
) -> Result<Option<T>, E> {
    for _ in 0..=CONFLICT_RETRIES_MAX {
        if let Attempt::Settled(settled) = attempt().await? {
            return Ok(Some(settled));
        }
    }
    Ok(None)
}
