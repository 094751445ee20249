//! Every way the sidecar says no to a publish, with the status, code and details of each. Knows
//! the wording, not the reasons.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::error_body::ErrorBody;

/// A publish that cannot happen: to which component and topic, by which app, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishRefusal {
    pub app_id: String,
    pub pubsub: String,
    pub topic: String,
    pub reason: RefusalReason,
}

/// Why nothing was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefusalReason {
    PubsubNotFound,
    /// Scopes, `allowedTopics` or `protectedTopics` forbid this app the topic.
    Forbidden,
    /// The request metadata, which are told, cannot be read.
    Metadata {
        error: String,
        metadata: Box<Value>,
    },
    /// The body is announced as a CloudEvent and is none.
    CloudEvent {
        error: String,
    },
    /// The bulk body is not the expected JSON array.
    BulkBody {
        error: String,
    },
    /// An entry's event does not fit its content type.
    BulkEvent {
        error: String,
    },
    /// An entry id is missing or occurs twice.
    BulkEntryId,
    /// The broker did not take it, or the body could not be read.
    Broker {
        error: String,
    },
}

/// The fixed words of one reason.
struct Wording {
    status: StatusCode,
    code: &'static str,
    reason: &'static str,
    message: String,
    metadata: Value,
}

const ENTRY_ID_ERROR: &str = "entryId is duplicated or not present for entry";

impl PublishRefusal {
    pub fn to_http(&self) -> Response<Bytes> {
        self.body().to_http(self.wording().status)
    }

    pub fn body(&self) -> ErrorBody {
        let Wording { code, reason, message, metadata, .. } = self.wording();
        let body = ErrorBody::plain(code, message);
        let body = match self.reason {
            RefusalReason::PubsubNotFound => body,
            _ => body.about("pubsub", &self.pubsub),
        };
        body.because(reason, metadata)
    }

    fn wording(&self) -> Wording {
        let (pubsub, topic, app_id) = (&self.pubsub, &self.topic, &self.app_id);
        match &self.reason {
            RefusalReason::PubsubNotFound => Wording {
                status: StatusCode::NOT_FOUND,
                code: "ERR_PUBSUB_NOT_FOUND",
                reason: "DAPR_PUBSUB_NOT_FOUND",
                message: format!("pubsub {pubsub} is not found"),
                metadata: json!({}),
            },
            RefusalReason::Forbidden => {
                let message = format!("topic {topic} is not allowed for app id {app_id}");
                Wording {
                    status: StatusCode::FORBIDDEN,
                    code: "ERR_PUBSUB_FORBIDDEN",
                    reason: "DAPR_PUBSUB_FORBIDDEN",
                    metadata: json!({"topic": topic, "error": message}),
                    message,
                }
            }
            RefusalReason::Broker { error } => Wording {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                code: "ERR_PUBSUB_PUBLISH_MESSAGE",
                reason: "DAPR_PUBSUB_PUBLISH_MESSAGE",
                message: format!(
                    "error when publishing to topic {topic} in pubsub {pubsub}: {error}"
                ),
                metadata: json!({"topic": topic, "error": error}),
            },
            RefusalReason::Metadata { error, metadata } => Wording {
                status: StatusCode::BAD_REQUEST,
                code: "ERR_PUBSUB_REQUEST_METADATA",
                reason: "DAPR_PUBSUB_METADATA_DESERIALIZATION",
                message: format!("failed deserializing metadata. Error: {error}"),
                metadata: (**metadata).clone(),
            },
            RefusalReason::CloudEvent { error } => Wording {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                code: "ERR_PUBSUB_CLOUD_EVENTS_SER",
                reason: "DAPR_PUBSUB_CLOUD_EVENT_CREATION",
                message: "cannot create cloudevent".to_owned(),
                metadata: self.app_and_error(error),
            },
            RefusalReason::BulkBody { error } => {
                let what = "error when unmarshaling the request for";
                self.bulk_wording("DAPR_PUBSUB_UNMARSHAL_EVENTS", what, ":", error)
            }
            RefusalReason::BulkEvent { error } => {
                let what = "error when marshalling cloud event envelope for";
                self.bulk_wording("DAPR_PUBSUB_MARSHAL_ENVELOPE", what, ":", error)
            }
            RefusalReason::BulkEntryId => {
                let what = "error marshaling events to bytes for";
                self.bulk_wording("DAPR_PUBSUB_MARSHAL_EVENTS", what, ". error:", ENTRY_ID_ERROR)
            }
        }
    }

    fn bulk_wording(&self, reason: &'static str, what: &str, joint: &str, error: &str) -> Wording {
        let (pubsub, topic) = (&self.pubsub, &self.topic);
        Wording {
            status: StatusCode::BAD_REQUEST,
            code: "ERR_PUBSUB_EVENTS_SER",
            reason,
            message: format!("{what} topic {topic} pubsub {pubsub}{joint} {error}"),
            metadata: self.app_and_error(error),
        }
    }

    fn app_and_error(&self, error: &str) -> Value {
        json!({"appID": self.app_id, "error": error})
    }
}
