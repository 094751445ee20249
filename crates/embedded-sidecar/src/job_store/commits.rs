//! Group commit: whatever is queued while one commit syncs goes into the next one.
//!
//! One fsync serves every change that waited, so ten thousand jobs in one minute cost hundreds of
//! syncs and not ten thousand. Owns the queue and who drains it; knows no SQL.

use std::sync::{Arc, Mutex};

use tokio::sync::{Semaphore, oneshot};

use super::row::{JobProgress, NewJob};
use super::writer::Writer;
use super::{JobStoreError, TakenName};
use crate::lock;

/// Changes that may wait for a commit. Beyond it callers wait for their turn, so that a commit
/// holds at most this many request bodies.
const QUEUED_CHANGES: usize = 256;

#[derive(Clone)]
pub(super) struct Commits {
    shared: Arc<Shared>,
}

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

struct Shared {
    queue: Mutex<Queue>,
    writer: Mutex<Writer>,
    turns: Semaphore,
}

#[derive(Default)]
struct Queue {
    waiting: Vec<Waiting>,
    /// Whether somebody is draining the queue already.
    draining: bool,
}

struct Waiting {
    change: Change,
    reply: oneshot::Sender<Result<Applied, JobStoreError>>,
}

impl Commits {
    pub(super) fn new(writer: Writer) -> Self {
        let turns = Semaphore::new(QUEUED_CHANGES);
        let shared = Shared { queue: Mutex::default(), writer: Mutex::new(writer), turns };
        Self { shared: Arc::new(shared) }
    }

    /// Returns once the change is on disk.
    pub(super) async fn apply(&self, change: Change) -> Result<Applied, JobStoreError> {
        let _turn = self.shared.turns.acquire().await.map_err(|_| JobStoreError::Closed)?;
        let (reply, outcome) = oneshot::channel();
        let start = {
            let mut queue = lock(&self.shared.queue);
            queue.waiting.push(Waiting { change, reply });
            !std::mem::replace(&mut queue.draining, true)
        };
        if start {
            let shared = Arc::clone(&self.shared);
            // The blocking pool, not a thread of our own: tokio's paused clock then stands still
            // while the disk works, so no timeout fires in tests that run on virtual time.
            tokio::task::spawn_blocking(move || shared.drain());
        }
        outcome.await.map_err(|_| JobStoreError::Closed)?
    }
}

impl Shared {
    /// Commits batch after batch until nothing is queued.
    fn drain(&self) {
        let mut writer = lock(&self.writer);
        loop {
            let batch = {
                let mut queue = lock(&self.queue);
                queue.draining = !queue.waiting.is_empty();
                std::mem::take(&mut queue.waiting)
            };
            if batch.is_empty() {
                return;
            }
            commit(&mut writer, batch);
        }
    }
}

/// A caller that gave up waiting is no reason to stop: replies that nobody hears are dropped.
fn commit(writer: &mut Writer, batch: Vec<Waiting>) {
    let (changes, replies): (Vec<Change>, Vec<_>) =
        batch.into_iter().map(|waiting| (waiting.change, waiting.reply)).unzip();
    match writer.commit(&changes) {
        Ok(applied) => {
            for (reply, applied) in replies.into_iter().zip(applied) {
                let _ = reply.send(Ok(applied));
            }
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "commit failed");
            let reason = match std::error::Error::source(&error) {
                Some(source) => source.to_string(),
                None => error.to_string(),
            };
            for reply in replies {
                let _ = reply.send(Err(JobStoreError::NotCommitted { reason: reason.clone() }));
            }
        }
    }
}
