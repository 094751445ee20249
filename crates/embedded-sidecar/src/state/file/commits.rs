//! What waits for a commit of the file: one fsync serves every call that waited. Knows no SQL.

use chrono::{DateTime, Utc};
use tokio::sync::oneshot;

use super::super::change::{Applied, Change, Together};
use super::super::error::StateStoreError;
use super::writer::Writer;
use crate::effects::Effect;
use crate::group_commit::{self, GroupCommit, Queue, Queued};

/// Calls that may wait for a commit. Beyond it callers wait for their turn, so that a commit holds
/// at most this many request bodies.
const QUEUED_CALLS: usize = 256;

#[derive(Clone)]
pub(super) struct Commits(GroupCommit<Calls>);

/// The changes of one call of the API.
pub(super) struct Call {
    pub(super) changes: Vec<Change>,
    pub(super) together: Together,
    pub(super) now: DateTime<Utc>,
}

#[derive(Default)]
struct Calls(Vec<(Call, Reply)>);

type Reply = oneshot::Sender<Result<Vec<Applied>, StateStoreError>>;

impl Commits {
    pub(super) fn new(writer: Writer) -> Self {
        Self(GroupCommit::new(writer, QUEUED_CALLS))
    }

    /// Returns once the call's changes are on disk.
    pub(super) async fn apply(&self, call: Call) -> Result<Vec<Applied>, StateStoreError> {
        let _turn = self.0.turn().await?;
        self.0.enqueue(|calls, reply| calls.0.push((call, reply))).await?
    }
}

impl Queue for Calls {
    type Writer = Writer;
    type Batch = Vec<(Call, Reply)>;

    fn next_batch(&mut self) -> Option<Self::Batch> {
        (!self.0.is_empty()).then(|| std::mem::take(&mut self.0))
    }

    fn commit(batch: Self::Batch, writer: &mut Writer, _: &Queued<Self>) {
        let (calls, replies): (Vec<Call>, Vec<Reply>) = batch.into_iter().unzip();
        let effect = Effect::begin();
        let committed = writer.commit(&calls);
        effect.finish();
        group_commit::answer(replies, committed, |reason| StateStoreError::NotCommitted { reason });
    }
}
