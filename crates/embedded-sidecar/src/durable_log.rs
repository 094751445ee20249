//! The broker: topics of ordered, partitioned records that survive `kill -9`.
//!
//! Owns the log's files and every statement on them. It must not know HTTP, CloudEvents, or
//! who consumes: a record is bytes with a key.

mod commits;
mod data_dir;
mod error;
mod inspect;
mod partitioner;
mod reader;
mod record;
mod topic;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex};

pub(crate) use data_dir::{DataDir, job_file};
pub use error::LogError;
pub use inspect::{Inspector, TopicRecord};
pub(crate) use record::NewRecord;
pub use record::{Record, TopicName};
pub(crate) use topic::{PARTITIONS, Topic};

use crate::lock;
use commits::{Acknowledgement, Commits};
use reader::Reader;
use writer::Writer;

/// A shared handle; clones are the same log.
#[derive(Clone)]
pub(crate) struct DurableLog {
    commits: Commits,
    reader: Arc<Mutex<Reader>>,
    /// Held for the life of the log: two writers would give out the same offsets.
    data_dir: Arc<DataDir>,
}

impl DurableLog {
    /// Opens or creates the log in `dir`. Blocks on the file system.
    pub(crate) fn open(dir: &Path) -> Result<Self, LogError> {
        let data_dir = DataDir::lock(dir)?;
        let file = data_dir.log_file();
        let writer = Writer::open(&file)?;
        let reader = Arc::new(Mutex::new(Reader::open(&file)?));
        Ok(Self { commits: Commits::new(writer), reader, data_dir: Arc::new(data_dir) })
    }

    /// Where the log lives; whoever keeps files beside it holds the lock with it.
    pub(crate) fn data_dir(&self) -> &Arc<DataDir> {
        &self.data_dir
    }

    /// The topic's handle; creates the topic.
    pub(crate) async fn topic(&self, name: &TopicName) -> Result<Arc<Topic>, LogError> {
        self.commits.append(name.clone(), Vec::new()).await
    }

    /// Returns once the records are on disk.
    pub(crate) async fn append(
        &self,
        name: TopicName,
        records: Vec<NewRecord>,
    ) -> Result<(), LogError> {
        self.commits.append(name, records).await.map(|_| ())
    }

    /// Notes that `group` is done with everything below `next_offset`. Reaches the disk with one
    /// of the next commits: a crash in between brings the records again, which at-least-once
    /// delivery allows.
    pub(crate) fn acknowledge(
        &self,
        group: &str,
        topic: &Topic,
        partition: usize,
        next_offset: u64,
    ) {
        self.commits.acknowledge(Acknowledgement {
            group: group.to_owned(),
            topic_id: topic.id,
            partition,
            next_offset,
        });
    }

    /// Puts every noted acknowledgement on disk.
    pub(crate) async fn flush(&self) -> Result<(), LogError> {
        self.commits.flush().await
    }

    /// Where `group` goes on in a topic: one offset per partition, 0 where it never was.
    pub(crate) async fn progress(
        &self,
        group: &str,
        topic: &Topic,
    ) -> Result<[u64; PARTITIONS], LogError> {
        let (group, topic_id) = (group.to_owned(), topic.id);
        self.read(move |reader| reader.progress(&group, topic_id)).await
    }

    /// Up to `limit` records of a partition from `from` on, in order.
    pub(crate) async fn fetch(
        &self,
        topic: &Topic,
        partition: usize,
        from: u64,
        limit: usize,
    ) -> Result<Vec<Record>, LogError> {
        let topic_id = topic.id;
        self.read(move |reader| reader.fetch(topic_id, partition, from, limit)).await
    }

    /// Deletes records of `pubsub` published before `before_ms`. The newest record of a partition
    /// stays: the next offset is counted from it.
    pub(crate) async fn prune(&self, pubsub: &str, before_ms: i64) -> Result<u64, LogError> {
        self.commits.prune(pubsub.to_owned(), before_ms).await
    }

    async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Reader) -> Result<T, LogError> + Send + 'static,
    ) -> Result<T, LogError> {
        let reader = Arc::clone(&self.reader);
        tokio::task::spawn_blocking(move || query(&mut lock(&reader)))
            .await
            .map_err(|_| LogError::Closed)?
    }
}
