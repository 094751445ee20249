//! Group commit: whatever is queued while one commit syncs goes into the next one.
//!
//! One fsync then serves everybody who waited, so throughput grows with load while each caller
//! still waits for its own bytes. Owns who drains a queue and when; what is queued, and how a batch
//! of it is written, is the queue's. Knows no SQL.

use std::error::Error;
use std::sync::{Arc, Mutex};

use tokio::sync::{Semaphore, SemaphorePermit, oneshot};

use crate::lock;

/// What waits for a commit.
pub(crate) trait Queue: Default + Send + 'static {
    type Writer: Send + 'static;
    type Batch;

    /// What the next commit holds; `None` while nothing waits for one.
    fn next_batch(&mut self) -> Option<Self::Batch>;

    /// Writes a batch and answers everybody who waits for it. A caller that gave up waiting is no
    /// reason to stop: replies that nobody hears are dropped.
    fn commit(batch: Self::Batch, writer: &mut Self::Writer, queue: &Queued<Self>);
}

/// A queue and its one writer. A shared handle; clones are the same.
pub(crate) struct GroupCommit<Q: Queue> {
    shared: Arc<Shared<Q>>,
}

/// The queue behind its lock.
pub(crate) struct Queued<Q>(Mutex<State<Q>>);

/// Nobody commits any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Closed;

struct Shared<Q: Queue> {
    queued: Queued<Q>,
    writer: Mutex<Q::Writer>,
    turns: Semaphore,
}

#[derive(Default)]
struct State<Q> {
    queue: Q,
    /// Whether somebody is draining the queue already.
    draining: bool,
}

impl<Q: Queue> Clone for GroupCommit<Q> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<Q: Queue> GroupCommit<Q> {
    /// At most `turns` callers queue at a time, of those who ask for a turn.
    pub(crate) fn new(writer: Q::Writer, turns: usize) -> Self {
        let queued = Queued(Mutex::default());
        let shared = Shared { queued, writer: Mutex::new(writer), turns: Semaphore::new(turns) };
        Self { shared: Arc::new(shared) }
    }

    /// Bounds what a commit may hold: to be kept until the answer is there.
    pub(crate) async fn turn(&self) -> Result<SemaphorePermit<'_>, Closed> {
        self.shared.turns.acquire().await.map_err(|_| Closed)
    }

    /// Queues work, makes sure that somebody drains the queue, and waits for the reply.
    pub(crate) async fn enqueue<R>(
        &self,
        push: impl FnOnce(&mut Q, oneshot::Sender<R>),
    ) -> Result<R, Closed> {
        let (reply, outcome) = oneshot::channel();
        let start = {
            let mut state = lock(&self.shared.queued.0);
            push(&mut state.queue, reply);
            !std::mem::replace(&mut state.draining, true)
        };
        if start {
            let shared = Arc::clone(&self.shared);
            // The blocking pool, not a thread of our own: tokio's paused clock then stands still
            // while the disk works, so no timeout fires in tests that run on virtual time.
            tokio::task::spawn_blocking(move || shared.drain());
        }
        outcome.await.map_err(|_| Closed)
    }

    /// The queue, for what has to wait for nobody.
    pub(crate) fn queued(&self) -> &Queued<Q> {
        &self.shared.queued
    }
}

impl<Q> Queued<Q> {
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut Q) -> R) -> R {
        change(&mut lock(&self.0).queue)
    }
}

impl<Q: Queue> Shared<Q> {
    /// Commits batch after batch until nothing is queued.
    fn drain(&self) {
        let mut writer = lock(&self.writer);
        while let Some(batch) = self.next_batch() {
            Q::commit(batch, &mut writer, &self.queued);
        }
    }

    fn next_batch(&self) -> Option<Q::Batch> {
        let mut state = lock(&self.queued.0);
        let batch = state.queue.next_batch();
        state.draining = batch.is_some();
        batch
    }
}

/// Logs a commit that failed, and gives what to tell everybody who waited for it: one failure
/// answers many.
pub(crate) fn reason(error: &(impl Error + 'static)) -> String {
    tracing::error!(error = error as &dyn Error, "commit failed");
    match error.source() {
        Some(source) => source.to_string(),
        None => error.to_string(),
    }
}

/// Answers everybody who waited for a batch: each with what came of its own part, or all of them
/// with the one failure.
pub(crate) fn answer<T, E: Error + 'static>(
    replies: Vec<oneshot::Sender<Result<T, E>>>,
    committed: Result<Vec<T>, E>,
    refused: impl Fn(String) -> E,
) {
    match committed {
        Ok(applied) => {
            for (reply, applied) in replies.into_iter().zip(applied) {
                let _ = reply.send(Ok(applied));
            }
        }
        Err(error) => {
            let reason = reason(&error);
            for reply in replies {
                let _ = reply.send(Err(refused(reason.clone())));
            }
        }
    }
}
