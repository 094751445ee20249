//! Records and the names of the topics they belong to. Plain values.

use bytes::Bytes;

/// A topic is known by its pub/sub component and its own name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TopicName {
    pub pubsub: String,
    pub topic: String,
}

/// A record to be appended.
#[derive(Clone, Debug)]
pub(crate) struct NewRecord {
    /// Records with the same key stay in order; without one they spread over the partitions.
    pub(crate) key: Option<String>,
    pub(crate) payload: Bytes,
    /// The publish metadata: handed to consumers as headers.
    pub(crate) metadata: Vec<(String, String)>,
    pub(crate) published_at_ms: i64,
}

/// A record as it is stored.
#[derive(Clone, Debug)]
pub struct Record {
    pub partition: usize,
    pub offset: u64,
    pub key: Option<String>,
    pub payload: Bytes,
    pub metadata: Vec<(String, String)>,
    pub published_at_ms: i64,
}

impl TopicName {
    pub fn new(pubsub: &str, topic: &str) -> Self {
        Self { pubsub: pubsub.to_owned(), topic: topic.to_owned() }
    }
}
