//! What waits for a commit of the log: appends, prunes, and the progress of consumers, which
//! gathers for a moment before it costs a commit of its own. Knows no SQL.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::LogError;
use super::record::{NewRecord, TopicName};
use super::topic::Topic;
use super::writer::{TopicAppend, Writer};
use crate::effects::Effect;
use crate::group_commit::{self, GroupCommit, Queue, Queued};

/// Publishes that may wait for a commit: enough to make one fsync cheap for each. Beyond it
/// publishers wait for their turn, so that a commit holds at most this many request bodies.
const QUEUED_APPENDS: usize = 256;
/// How long acknowledgements may gather before they cost a commit of their own: the most work
/// that is repeated after a crash.
const ACKNOWLEDGEMENT_DELAY: Duration = Duration::from_millis(200);

#[derive(Clone)]
pub(super) struct Commits(GroupCommit<Work>);

/// A consumer group's progress in one partition.
pub(super) struct Acknowledgement {
    pub(super) group: String,
    pub(super) topic_id: i64,
    pub(super) partition: usize,
    pub(super) next_offset: u64,
}

#[derive(Default)]
struct Work {
    appends: Vec<Waiting<TopicAppend, Arc<Topic>>>,
    prunes: Vec<Waiting<(String, i64), u64>>,
    flushes: Vec<Waiting<(), ()>>,
    acknowledgements: HashMap<(String, i64, usize), u64>,
    acknowledgements_due: bool,
    flush_scheduled: bool,
}

struct Waiting<T, R> {
    work: T,
    reply: oneshot::Sender<Result<R, LogError>>,
}

impl Commits {
    pub(super) fn new(writer: Writer) -> Self {
        Self(GroupCommit::new(writer, QUEUED_APPENDS))
    }

    pub(super) async fn append(
        &self,
        topic: TopicName,
        records: Vec<NewRecord>,
    ) -> Result<Arc<Topic>, LogError> {
        let _turn = self.0.turn().await?;
        let work = TopicAppend { topic, records };
        self.0.enqueue(|queue, reply| queue.appends.push(Waiting { work, reply })).await?
    }

    pub(super) async fn prune(&self, pubsub: String, before_ms: i64) -> Result<u64, LogError> {
        let work = (pubsub, before_ms);
        self.0.enqueue(|queue, reply| queue.prunes.push(Waiting { work, reply })).await?
    }

    pub(super) async fn flush(&self) -> Result<(), LogError> {
        let push = |queue: &mut Work, reply| {
            queue.acknowledgements_due = true;
            queue.flushes.push(Waiting { work: (), reply });
        };
        self.0.enqueue(push).await?
    }

    pub(super) fn acknowledge(&self, acknowledgement: Acknowledgement) {
        let Acknowledgement { group, topic_id, partition, next_offset } = acknowledgement;
        let is_scheduled = self.0.queued().change(|queue| {
            queue.acknowledgements.insert((group, topic_id, partition), next_offset);
            std::mem::replace(&mut queue.flush_scheduled, true)
        });
        if is_scheduled {
            return;
        }
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
}

impl Work {
    /// Puts acknowledgements back that a failed commit lost, unless newer ones came meanwhile.
    fn restore(&mut self, lost: Vec<Acknowledgement>) {
        for Acknowledgement { group, topic_id, partition, next_offset } in lost {
            self.acknowledgements.entry((group, topic_id, partition)).or_insert(next_offset);
        }
    }
}

struct Batch {
    appends: Vec<Waiting<TopicAppend, Arc<Topic>>>,
    prunes: Vec<Waiting<(String, i64), u64>>,
    flushes: Vec<Waiting<(), ()>>,
    acknowledgements: HashMap<(String, i64, usize), u64>,
}

impl Queue for Work {
    type Writer = Writer;
    type Batch = Batch;

    fn next_batch(&mut self) -> Option<Batch> {
        if self.appends.is_empty() && self.prunes.is_empty() && !self.acknowledgements_due {
            return None;
        }
        let due = std::mem::take(&mut self.acknowledgements_due);
        if due {
            self.flush_scheduled = false;
        }
        let acknowledgements =
            if due { std::mem::take(&mut self.acknowledgements) } else { HashMap::new() };
        Some(Batch {
            appends: std::mem::take(&mut self.appends),
            prunes: std::mem::take(&mut self.prunes),
            flushes: std::mem::take(&mut self.flushes),
            acknowledgements,
        })
    }

    fn commit(batch: Batch, writer: &mut Writer, queue: &Queued<Self>) {
        let acknowledgements: Vec<Acknowledgement> = batch
            .acknowledgements
            .into_iter()
            .map(|((group, topic_id, partition), next_offset)| Acknowledgement {
                group,
                topic_id,
                partition,
                next_offset,
            })
            .collect();
        let appends: Vec<&TopicAppend> = batch.appends.iter().map(|append| &append.work).collect();
        let effect = Effect::begin();
        let committed = writer.commit(&appends, &acknowledgements);
        effect.finish();
        match committed {
            Ok(topics) => {
                for (append, topic) in batch.appends.into_iter().zip(topics) {
                    let _ = append.reply.send(Ok(topic));
                }
                for flush in batch.flushes {
                    let _ = flush.reply.send(Ok(()));
                }
            }
            Err(error) => {
                let reason = group_commit::reason(&error);
                let refused = || LogError::NotCommitted { reason: reason.clone() };
                queue.change(|queue| queue.restore(acknowledgements));
                for append in batch.appends {
                    let _ = append.reply.send(Err(refused()));
                }
                for flush in batch.flushes {
                    let _ = flush.reply.send(Err(refused()));
                }
            }
        }
        for prune in batch.prunes {
            let (pubsub, before_ms) = &prune.work;
            let _ = prune.reply.send(writer.prune(pubsub, *before_ms));
        }
    }
}
