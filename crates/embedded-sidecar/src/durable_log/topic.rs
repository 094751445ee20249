//! A topic's live state: how far each partition reaches, observable without asking the disk.

use tokio::sync::watch;

/// Partitions of every topic. Enough that one slow key rarely holds up another, few enough that a
/// consumer per partition costs nothing. Part of the stored format: changing it would move keys
/// to other partitions and lose their order.
pub(crate) const PARTITIONS: usize = 16;

/// A topic of the open log.
#[derive(Debug)]
pub(crate) struct Topic {
    pub(super) id: i64,
    /// Per partition, the offset the next record will get. Moves only after the commit.
    ends: [watch::Sender<u64>; PARTITIONS],
}

impl Topic {
    pub(super) fn new(id: i64, ends: [u64; PARTITIONS]) -> Self {
        Self { id, ends: ends.map(watch::Sender::new) }
    }

    /// Follows the end of a partition.
    pub(crate) fn watch_end(&self, partition: usize) -> watch::Receiver<u64> {
        self.ends[partition].subscribe()
    }

    pub(crate) fn end(&self, partition: usize) -> u64 {
        *self.ends[partition].borrow()
    }

    pub(super) fn advance(&self, partition: usize, end: u64) {
        self.ends[partition].send_replace(end);
    }
}
