//! Group commit: whatever is queued while one commit syncs goes into the next one.
//!
//! One fsync then serves every publisher that waited, so throughput grows with load while each
//! publisher still waits for its own bytes. Owns the queue and who drains it; knows no SQL.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};

use super::LogError;
use super::record::{NewRecord, TopicName};
use super::topic::Topic;
use super::writer::{TopicAppend, Writer};
use crate::lock;

/// Publishes that may wait for a commit: enough to make one fsync cheap for each. Beyond it
/// publishers wait for their turn, so that a commit holds at most this many request bodies.
const QUEUED_APPENDS: usize = 256;
/// How long acknowledgements may gather before they cost a commit of their own: the most work
/// that is repeated after a crash.
const ACKNOWLEDGEMENT_DELAY: Duration = Duration::from_millis(200);

#[derive(Clone)]
pub(super) struct GroupCommit {
    shared: Arc<Shared>,
}

/// A consumer group's progress in one partition.
pub(super) struct Acknowledgement {
    pub(super) group: String,
    pub(super) topic_id: i64,
    pub(super) partition: usize,
    pub(super) next_offset: u64,
}

struct Shared {
    queue: Mutex<Queue>,
    writer: Mutex<Writer>,
    turns: Semaphore,
}

#[derive(Default)]
struct Queue {
    appends: Vec<Waiting<TopicAppend, Arc<Topic>>>,
    prunes: Vec<Waiting<(String, i64), u64>>,
    flushes: Vec<Waiting<(), ()>>,
    acknowledgements: HashMap<(String, i64, usize), u64>,
    acknowledgements_due: bool,
    flush_scheduled: bool,
    /// Whether somebody is draining the queue already.
    draining: bool,
}

struct Waiting<T, R> {
    work: T,
    reply: oneshot::Sender<Result<R, LogError>>,
}

impl GroupCommit {
    pub(super) fn new(writer: Writer) -> Self {
        let shared = Shared {
            queue: Mutex::default(),
            writer: Mutex::new(writer),
            turns: Semaphore::new(QUEUED_APPENDS),
        };
        Self { shared: Arc::new(shared) }
    }

    pub(super) async fn append(
        &self,
        topic: TopicName,
        records: Vec<NewRecord>,
    ) -> Result<Arc<Topic>, LogError> {
        let _turn = self.shared.turns.acquire().await.map_err(|_| LogError::Closed)?;
        let work = TopicAppend { topic, records };
        self.enqueue(|queue, reply| queue.appends.push(Waiting { work, reply })).await
    }

    pub(super) async fn prune(&self, pubsub: String, before_ms: i64) -> Result<u64, LogError> {
        let work = (pubsub, before_ms);
        self.enqueue(|queue, reply| queue.prunes.push(Waiting { work, reply })).await
    }

    pub(super) async fn flush(&self) -> Result<(), LogError> {
        self.enqueue(|queue, reply| {
            queue.acknowledgements_due = true;
            queue.flushes.push(Waiting { work: (), reply });
        })
        .await
    }

    pub(super) fn acknowledge(&self, acknowledgement: Acknowledgement) {
        let Acknowledgement { group, topic_id, partition, next_offset } = acknowledgement;
        let mut queue = lock(&self.shared.queue);
        queue.acknowledgements.insert((group, topic_id, partition), next_offset);
        if queue.flush_scheduled {
            return;
        }
        queue.flush_scheduled = true;
        let this = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(ACKNOWLEDGEMENT_DELAY).await;
            if let Err(error) = this.flush().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "acknowledgements not stored; they are tried again with the next ones"
                );
            }
        });
    }

    /// Queues work and makes sure that somebody drains the queue.
    async fn enqueue<R>(
        &self,
        push: impl FnOnce(&mut Queue, oneshot::Sender<Result<R, LogError>>),
    ) -> Result<R, LogError> {
        let (reply, outcome) = oneshot::channel();
        let start = {
            let mut queue = lock(&self.shared.queue);
            push(&mut queue, reply);
            !std::mem::replace(&mut queue.draining, true)
        };
        if start {
            let shared = Arc::clone(&self.shared);
            // The blocking pool, not a thread of our own: tokio's paused clock then stands still
            // while the disk works, so no timeout fires in tests that run on virtual time.
            tokio::task::spawn_blocking(move || shared.drain());
        }
        outcome.await.map_err(|_| LogError::Closed)?
    }
}

impl Shared {
    /// Commits batch after batch until nothing is queued.
    fn drain(&self) {
        let mut writer = lock(&self.writer);
        while let Some(batch) = self.next_batch() {
            batch.commit(self, &mut writer);
        }
    }

    fn next_batch(&self) -> Option<Batch> {
        let mut queue = lock(&self.queue);
        if queue.appends.is_empty() && queue.prunes.is_empty() && !queue.acknowledgements_due {
            queue.draining = false;
            return None;
        }
        let due = std::mem::take(&mut queue.acknowledgements_due);
        if due {
            queue.flush_scheduled = false;
        }
        let acknowledgements =
            if due { std::mem::take(&mut queue.acknowledgements) } else { HashMap::new() };
        Some(Batch {
            appends: std::mem::take(&mut queue.appends),
            prunes: std::mem::take(&mut queue.prunes),
            flushes: std::mem::take(&mut queue.flushes),
            acknowledgements,
        })
    }

    /// Puts acknowledgements back that a failed commit lost, unless newer ones came meanwhile.
    fn restore(&self, lost: Vec<Acknowledgement>) {
        let mut queue = lock(&self.queue);
        for Acknowledgement { group, topic_id, partition, next_offset } in lost {
            queue.acknowledgements.entry((group, topic_id, partition)).or_insert(next_offset);
        }
    }
}

struct Batch {
    appends: Vec<Waiting<TopicAppend, Arc<Topic>>>,
    prunes: Vec<Waiting<(String, i64), u64>>,
    flushes: Vec<Waiting<(), ()>>,
    acknowledgements: HashMap<(String, i64, usize), u64>,
}

impl Batch {
    /// A caller that gave up waiting is no reason to stop: replies that nobody hears are dropped.
    fn commit(self, shared: &Shared, writer: &mut Writer) {
        let acknowledgements: Vec<Acknowledgement> = self
            .acknowledgements
            .into_iter()
            .map(|((group, topic_id, partition), next_offset)| Acknowledgement {
                group,
                topic_id,
                partition,
                next_offset,
            })
            .collect();
        let appends: Vec<&TopicAppend> = self.appends.iter().map(|append| &append.work).collect();
        match writer.commit(&appends, &acknowledgements) {
            Ok(topics) => {
                for (append, topic) in self.appends.into_iter().zip(topics) {
                    let _ = append.reply.send(Ok(topic));
                }
                for flush in self.flushes {
                    let _ = flush.reply.send(Ok(()));
                }
            }
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "commit failed");
                let reason = match std::error::Error::source(&error) {
                    Some(source) => source.to_string(),
                    None => error.to_string(),
                };
                let refused = || LogError::NotCommitted { reason: reason.clone() };
                shared.restore(acknowledgements);
                for append in self.appends {
                    let _ = append.reply.send(Err(refused()));
                }
                for flush in self.flushes {
                    let _ = flush.reply.send(Err(refused()));
                }
            }
        }
        for prune in self.prunes {
            let (pubsub, before_ms) = &prune.work;
            let _ = prune.reply.send(writer.prune(pubsub, *before_ms));
        }
    }
}
