//! Request metadata: the only per-request options of publish, spelt as `?metadata.<key>=<value>`.
//! There is no header form. Knows no particular API.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::path;

/// Orders the records that share it: the record key on Kafka, the partition hash here.
pub const PARTITION_KEY: &str = "partitionKey";
/// An older spelling of [`PARTITION_KEY`], and the header under which Kafka hands it on.
pub const KAFKA_KEY: &str = "__key";
/// Sends (or receives) the payload without a CloudEvent around it.
pub const RAW_PAYLOAD: &str = "rawPayload";
/// Seconds after which a consuming sidecar drops the event.
pub const TTL_IN_SECONDS: &str = "ttlInSeconds";
/// The same as a Go duration.
pub const TTL: &str = "ttl";

const QUERY_PREFIX: &str = "metadata.";

/// Metadata of one request or of one bulk entry. Keys are case-sensitive except where noted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestMetadata(BTreeMap<String, String>);

/// A metadata value the sidecar cannot read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    #[error("rawPayload value must be a valid boolean: actual is '{value}'")]
    RawPayload { value: String },
}

impl RequestMetadata {
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.insert(key, value);
        self
    }

    #[must_use]
    pub fn with_partition_key(self, key: &str) -> Self {
        self.with(PARTITION_KEY, key)
    }

    pub fn insert(&mut self, key: &str, value: &str) {
        self.0.insert(key.to_owned(), value.to_owned());
    }

    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Looks a key up as Dapr reads its `cloudevent.*` overrides: without regard to case.
    pub fn get_ignoring_case(&self, key: &str) -> Option<&str> {
        self.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What orders this record, if anything does.
    pub fn partition_key(&self) -> Option<&str> {
        self.get(PARTITION_KEY).or_else(|| self.get(KAFKA_KEY))
    }

    /// Go's `strconv.ParseBool` spellings; anything else is an error.
    pub fn is_raw_payload(&self) -> Result<bool, MetadataError> {
        match self.get_ignoring_case(RAW_PAYLOAD) {
            None | Some("0" | "f" | "F" | "false" | "FALSE" | "False") => Ok(false),
            Some("1" | "t" | "T" | "true" | "TRUE" | "True") => Ok(true),
            Some(value) => Err(MetadataError::RawPayload { value: value.to_owned() }),
        }
    }

    /// This metadata with `over`'s entries taking precedence.
    #[must_use]
    pub fn overridden_by(&self, over: &Self) -> Self {
        let mut merged = self.0.clone();
        merged.extend(over.0.clone());
        Self(merged)
    }

    /// `?metadata.a=1&metadata.b=2`, or nothing.
    pub(crate) fn to_query(&self) -> String {
        let mut query = String::new();
        for (key, value) in self.iter() {
            query.push(if query.is_empty() { '?' } else { '&' });
            query.push_str(QUERY_PREFIX);
            query.push_str(&path::segment(key).to_string());
            query.push('=');
            query.push_str(&path::segment(value).to_string());
        }
        query
    }

    /// The metadata in a query string. The prefix is case-sensitive and the first value of a key
    /// wins; parameters that do not unescape are ignored, as Go's parser does.
    pub fn from_query(query: Option<&str>) -> Self {
        let mut found = BTreeMap::new();
        for pair in query.unwrap_or_default().split('&') {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (Some(key), Some(value)) = (path::unescape(key), path::unescape(value)) else {
                continue;
            };
            if let Some(name) = key.strip_prefix(QUERY_PREFIX) {
                found.entry(name.to_owned()).or_insert(value);
            }
        }
        Self(found)
    }
}

/// A plain parameter of a query string, unescaped; the first value wins.
pub fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    query?.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (path::unescape(key)? == name).then(|| path::unescape(value))?
    })
}

impl FromIterator<(String, String)> for RequestMetadata {
    fn from_iter<T: IntoIterator<Item = (String, String)>>(pairs: T) -> Self {
        Self(pairs.into_iter().collect())
    }
}
