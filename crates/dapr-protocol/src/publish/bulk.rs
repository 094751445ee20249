//! `POST …/publish/bulk/{pubsub}/{topic}`: many events in one call, and the way down the versions
//! that lack it.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::endpoint::{DaprEndpoint, RequestError};
use crate::error_body::{DIRECT_INVOKE, ErrorBody, Refusal, json_response};
use crate::headers::JSON;
use crate::metadata::RequestMetadata;
use crate::path;

/// Which form of publishing a sidecar understands. Start with the default and step
/// [`down`](Self::down) whenever an answer reads [`BulkOutcome::NotSupported`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BulkSupport {
    /// `/v1.0/publish/bulk`, since Dapr 1.17.
    #[default]
    Stable,
    /// `/v1.0-alpha1/publish/bulk`, since Dapr 1.10 and still served.
    Alpha,
    /// No bulk call at all: publish one by one.
    Single,
}

/// Many events for one topic.
#[derive(Clone, Debug)]
pub struct BulkPublishRequest<'a> {
    pub pubsub: &'a str,
    pub topic: &'a str,
    pub entries: Vec<BulkEntry>,
    /// Merged into an entry only when that entry has metadata of its own, so put what matters
    /// into the entries.
    pub metadata: RequestMetadata,
}

/// One event of a bulk.
#[derive(Clone, Debug)]
pub struct BulkEntry {
    /// Unique within the request; failures are reported by it.
    pub entry_id: String,
    /// The event as JSON text. It is sent as it stands.
    pub event_json: String,
    pub content_type: String,
    pub metadata: RequestMetadata,
}

/// How a bulk publish ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BulkOutcome {
    AllPublished,
    /// These failed; the entries not named here are published.
    Failed(Vec<FailedEntry>),
    /// This sidecar does not know the call: step down and try again.
    NotSupported,
    /// None was published.
    Refused(Refusal),
}

/// An event of a bulk that the broker did not take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedEntry {
    #[serde(rename = "entryId")]
    pub entry_id: String,
    #[serde(default)]
    pub error: String,
}

/// The body of a bulk publish as the sidecar reads it.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct BulkBody(pub Vec<IncomingEntry>);

/// One entry as the sidecar reads it. `event` keeps the sender's spelling.
#[derive(Debug, Deserialize)]
pub struct IncomingEntry {
    #[serde(rename = "entryId", default)]
    pub entry_id: String,
    #[serde(default)]
    pub event: Option<Box<RawValue>>,
    #[serde(rename = "contentType", default)]
    pub content_type: String,
    #[serde(default)]
    pub metadata: Option<RequestMetadata>,
}

#[derive(Serialize)]
struct OutgoingEntry<'a> {
    #[serde(rename = "entryId")]
    entry_id: &'a str,
    event: &'a RawValue,
    #[serde(rename = "contentType")]
    content_type: &'a str,
    metadata: &'a RequestMetadata,
}

#[derive(Serialize, Deserialize)]
struct FailureBody {
    #[serde(rename = "failedEntries")]
    failed_entries: Vec<FailedEntry>,
    #[serde(rename = "errorCode", default)]
    error_code: String,
}

impl BulkSupport {
    /// The next older form.
    #[must_use]
    pub fn down(self) -> Self {
        match self {
            Self::Stable => Self::Alpha,
            Self::Alpha | Self::Single => Self::Single,
        }
    }

    /// The path's version, or `None` when there is no bulk call to make.
    fn version(self) -> Option<&'static str> {
        match self {
            Self::Stable => Some("v1.0"),
            Self::Alpha => Some("v1.0-alpha1"),
            Self::Single => None,
        }
    }
}

impl BulkPublishRequest<'_> {
    /// The request in the form `support` stands for; `None` for [`BulkSupport::Single`].
    pub fn to_http(
        &self,
        dapr: &DaprEndpoint,
        support: BulkSupport,
    ) -> Result<Option<Request<Bytes>>, RequestError> {
        let Some(version) = support.version() else { return Ok(None) };
        let path = format!(
            "/{version}/publish/bulk/{}/{}{}",
            path::segment(self.pubsub),
            path::topic(self.topic),
            self.metadata.to_query()
        );
        let body = Bytes::from(self.body()?);
        dapr.with_body(Method::POST, &path, JSON, body).map(Some)
    }

    fn body(&self) -> Result<Vec<u8>, RequestError> {
        let mut entries = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            let invalid =
                |source| RequestError::EntryNotJson { entry_id: entry.entry_id.clone(), source };
            let event: &RawValue = serde_json::from_str(&entry.event_json).map_err(invalid)?;
            entries.push(OutgoingEntry {
                entry_id: &entry.entry_id,
                event,
                content_type: &entry.content_type,
                metadata: &entry.metadata,
            });
        }
        // The parts are strings and checked JSON, which always serialise.
        Ok(serde_json::to_vec(&entries).unwrap_or_default())
    }
}

impl BulkOutcome {
    /// Reads the answer to a request made in the form `support`.
    ///
    /// A sidecar that predates the stable path takes it for a publish to a component named
    /// `bulk` and says 404 about that name; so on the stable path any 404 means "ask the alpha
    /// path", which knows whether the component itself is missing.
    pub fn read(response: &Response<Bytes>, support: BulkSupport) -> Self {
        if response.status().is_success() {
            return Self::AllPublished;
        }
        let refusal = Refusal::read(response);
        if response.status() == StatusCode::NOT_FOUND
            && (support == BulkSupport::Stable || refusal.code == DIRECT_INVOKE)
        {
            return Self::NotSupported;
        }
        match serde_json::from_slice::<FailureBody>(response.body()) {
            Ok(body) if !body.failed_entries.is_empty() => Self::Failed(body.failed_entries),
            _ => Self::Refused(refusal),
        }
    }

    /// The sidecar's answer when some entries failed.
    pub fn failed_to_http(failed: Vec<FailedEntry>, error: &ErrorBody) -> Response<Bytes> {
        let body = FailureBody { failed_entries: failed, error_code: error.error_code.clone() };
        json_response(StatusCode::INTERNAL_SERVER_ERROR, &body)
    }
}
