//! What waits for a commit of the job store. One fsync serves every change that waited, so ten
//! thousand jobs in one minute cost hundreds of syncs and not ten thousand. Knows no SQL.

use tokio::sync::oneshot;

use super::row::{JobProgress, NewJob};
use super::writer::Writer;
use super::{JobStoreError, TakenName};
use crate::effects::Effect;
use crate::group_commit::{self, GroupCommit, Queue, Queued};

/// Changes that may wait for a commit. Beyond it callers wait for their turn, so that a commit
/// holds at most this many request bodies.
const QUEUED_CHANGES: usize = 256;

#[derive(Clone)]
pub(super) struct Commits(GroupCommit<Changes>);

/// One change of the store.
pub(super) enum Change {
    Keep { job: NewJob, taken: TakenName },
    Remove { name: String },
    Advance { id: i64, progress: JobProgress },
    Finish { id: i64 },
}

/// What came of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Applied {
    Done,
    NameTaken,
}

#[derive(Default)]
struct Changes(Vec<(Change, Reply)>);

type Reply = oneshot::Sender<Result<Applied, JobStoreError>>;

impl Commits {
    pub(super) fn new(writer: Writer) -> Self {
        Self(GroupCommit::new(writer, QUEUED_CHANGES))
    }

    /// Returns once the change is on disk.
    pub(super) async fn apply(&self, change: Change) -> Result<Applied, JobStoreError> {
        let _turn = self.0.turn().await?;
        self.0.enqueue(|changes, reply| changes.0.push((change, reply))).await?
    }
}

impl Queue for Changes {
    type Writer = Writer;
    type Batch = Vec<(Change, Reply)>;

    fn next_batch(&mut self) -> Option<Self::Batch> {
        (!self.0.is_empty()).then(|| std::mem::take(&mut self.0))
    }

    fn commit(batch: Self::Batch, writer: &mut Writer, _: &Queued<Self>) {
        let (changes, replies): (Vec<Change>, Vec<Reply>) = batch.into_iter().unzip();
        let effect = Effect::begin();
        let committed = writer.commit(&changes);
        effect.finish();
        group_commit::answer(replies, committed, |reason| JobStoreError::NotCommitted { reason });
    }
}
