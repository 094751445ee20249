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
    PubsubNameEmpty,
    PubsubNotFound,
    TopicEmpty,
    /// Scopes, `allowedTopics` or `protectedTopics` forbid this app the topic.
    Forbidden,
    /// The request metadata cannot be read.
    Metadata {
        error: String,
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
        use RefusalReason as Why;
        let (pubsub, topic, app_id) = (&self.pubsub, &self.topic, &self.app_id);
        let not_found = |code, reason, message| {
            let (status, metadata) = (StatusCode::NOT_FOUND, Value::Null);
            Wording { status, code, reason, message, metadata }
        };
        let in_topic = |status, code, reason, message, error: &str| {
            let metadata = json!({"topic": topic, "error": error});
            Wording { status, code, reason, message, metadata }
        };
        let by_app = |status, code, reason, message, error: &str| {
            let metadata = json!({"appID": app_id, "error": error});
            Wording { status, code, reason, message, metadata }
        };
        let (bad, internal) = (StatusCode::BAD_REQUEST, StatusCode::INTERNAL_SERVER_ERROR);
        match &self.reason {
            Why::PubsubNameEmpty => {
                let message = "pubsub name is empty".to_owned();
                not_found("ERR_PUBSUB_EMPTY", "DAPR_PUBSUB_NAME_EMPTY", message)
            }
            Why::PubsubNotFound => {
                let message = format!("pubsub {pubsub} is not found");
                not_found("ERR_PUBSUB_NOT_FOUND", "DAPR_PUBSUB_NOT_FOUND", message)
            }
            Why::TopicEmpty => {
                let message = format!("topic is empty in pubsub {pubsub}");
                not_found("ERR_TOPIC_NAME_EMPTY", "DAPR_PUBSUB_TOPIC_NAME_EMPTY", message)
            }
            Why::Forbidden => {
                let (status, code) = (StatusCode::FORBIDDEN, "ERR_PUBSUB_FORBIDDEN");
                let message = format!("topic {topic} is not allowed for app id {app_id}");
                in_topic(status, code, "DAPR_PUBSUB_FORBIDDEN", message.clone(), &message)
            }
            Why::Broker { error } => {
                let message =
                    format!("error when publishing to topic {topic} in pubsub {pubsub}: {error}");
                let reason = "DAPR_PUBSUB_PUBLISH_MESSAGE";
                in_topic(internal, "ERR_PUBSUB_PUBLISH_MESSAGE", reason, message, error)
            }
            Why::Metadata { error } => {
                let message = format!("failed deserializing metadata. Error: {error}");
                let reason = "DAPR_PUBSUB_METADATA_DESERIALIZATION";
                by_app(bad, "ERR_PUBSUB_REQUEST_METADATA", reason, message, error)
            }
            Why::CloudEvent { error } => {
                let message = "cannot create cloudevent".to_owned();
                let reason = "DAPR_PUBSUB_CLOUD_EVENT_CREATION";
                by_app(internal, "ERR_PUBSUB_CLOUD_EVENTS_SER", reason, message, error)
            }
            Why::BulkBody { error } => {
                let message = format!(
                    "error when unmarshaling the request for topic {topic} pubsub {pubsub}: {error}"
                );
                let reason = "DAPR_PUBSUB_UNMARSHAL_EVENTS";
                by_app(bad, "ERR_PUBSUB_EVENTS_SER", reason, message, error)
            }
            Why::BulkEvent { error } => {
                let message = format!(
                    "error when marshalling cloud event envelope for topic {topic} \
                     pubsub {pubsub}: {error}"
                );
                let reason = "DAPR_PUBSUB_MARSHAL_ENVELOPE";
                by_app(bad, "ERR_PUBSUB_EVENTS_SER", reason, message, error)
            }
            Why::BulkEntryId => {
                let message = format!(
                    "error marshaling events to bytes for topic {topic} pubsub {pubsub}. \
                     error: {ENTRY_ID_ERROR}"
                );
                let reason = "DAPR_PUBSUB_MARSHAL_EVENTS";
                by_app(bad, "ERR_PUBSUB_EVENTS_SER", reason, message, ENTRY_ID_ERROR)
            }
        }
    }
}
