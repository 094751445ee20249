//! What is written under a key, and on which condition. The same document in a save and in a
//! transaction.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error_body::null_as_default;
use crate::metadata::RequestMetadata;

/// Names one version of a value. An empty one names none.
pub type Etag = String;

/// A value to be written, or in a transaction also one to be deleted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StateItem {
    #[serde(deserialize_with = "null_as_default")]
    pub key: String,
    pub value: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<Etag>,
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "RequestMetadata::is_empty"
    )]
    pub metadata: RequestMetadata,
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "StateOptions::is_unset")]
    pub options: StateOptions,
}

/// The options as they are spelt; [`StateOptions::concurrency`] says what they mean.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StateOptions {
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub concurrency: String,
    #[serde(deserialize_with = "null_as_default", skip_serializing_if = "String::is_empty")]
    pub consistency: String,
}

/// Who wins where two writers meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Concurrency {
    /// The first: a write without an etag only makes what is not there yet.
    FirstWrite,
    #[default]
    LastWrite,
}

/// An option whose value nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    #[error("unrecognized concurrency model '{stated}'")]
    Concurrency { stated: String },
    #[error("unrecognized consistency model '{stated}'")]
    Consistency { stated: String },
}

impl StateItem {
    pub fn new(key: impl Into<String>, value: Value) -> Self {
        Self { key: key.into(), value, ..Self::default() }
    }

    /// Written only where the value still is the one with this etag.
    #[must_use]
    pub fn over(mut self, etag: impl Into<Etag>) -> Self {
        self.etag = Some(etag.into());
        self
    }

    /// Written only where there is no value yet.
    #[must_use]
    pub fn if_absent(mut self) -> Self {
        FIRST_WRITE.clone_into(&mut self.options.concurrency);
        self
    }

    #[must_use]
    pub fn gone_after(mut self, seconds: u32) -> Self {
        self.metadata.insert(super::TTL_IN_SECONDS, &seconds.to_string());
        self
    }
}

const FIRST_WRITE: &str = "first-write";
const LAST_WRITE: &str = "last-write";

impl StateOptions {
    /// Checks both options. What consistency is asked for makes no difference to a single store.
    pub fn concurrency(&self) -> Result<Concurrency, OptionError> {
        if !matches!(self.consistency.as_str(), "" | "eventual" | "strong") {
            return Err(OptionError::Consistency { stated: self.consistency.clone() });
        }
        match self.concurrency.as_str() {
            "" | LAST_WRITE => Ok(Concurrency::LastWrite),
            FIRST_WRITE => Ok(Concurrency::FirstWrite),
            _ => Err(OptionError::Concurrency { stated: self.concurrency.clone() }),
        }
    }

    fn is_unset(&self) -> bool {
        *self == Self::default()
    }
}
