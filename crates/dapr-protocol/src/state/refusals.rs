//! Every way the sidecar says no to a call about state. Knows the wording, not the reasons.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use crate::error_body::{ErrorBody, MALFORMED_REQUEST};

/// A call about state that cannot be answered: of which store, by which app, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateRefusal {
    pub app_id: String,
    pub store: String,
    pub reason: StateRefusalReason,
}

/// Why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateRefusalReason {
    /// There is no store at all.
    NoStores,
    StoreNotFound,
    /// The key holds what separates it from its prefix.
    IllegalKey {
        key: String,
    },
    /// The body of a save is not the expected array, or an item has no key.
    SaveBody {
        error: String,
    },
    /// Another body is not what is expected.
    Body {
        error: String,
    },
    UnsupportedOperation {
        error: String,
    },
    QueryUnsupported,
    NotRead {
        key: String,
        error: String,
    },
    BulkNotRead {
        error: String,
    },
    NotSaved {
        error: String,
    },
    /// A save whose etag is not that of the value any more.
    SaveMismatch {
        error: String,
    },
    NotDeleted {
        key: String,
        error: String,
    },
    DeleteMismatch {
        key: String,
        error: String,
    },
    /// Whatever the store says to a transaction, a mismatch included.
    TransactionFailed {
        error: String,
    },
}

const SAVE: &str = "ERR_STATE_SAVE";
const DELETE: &str = "ERR_STATE_DELETE";

impl StateRefusalReason {
    /// A store's words about an etag that does not fit.
    pub fn mismatch() -> String {
        "possible etag mismatch. error from state store".to_owned()
    }
}

impl StateRefusal {
    pub fn to_http(&self) -> Response<Bytes> {
        use StateRefusalReason as Reason;
        let bad = StatusCode::BAD_REQUEST;
        let failed = StatusCode::INTERNAL_SERVER_ERROR;
        let store = &self.store;
        let plain =
            |status, code: &str, message: String| ErrorBody::plain(code, message).to_http(status);
        match &self.reason {
            Reason::NoStores => {
                let message = format!("state store {store} is not configured");
                let (code, reason) =
                    ("ERR_STATE_STORE_NOT_CONFIGURED", "DAPR_STATE_NOT_CONFIGURED");
                self.about_the_app(failed, code, reason, message)
            }
            Reason::StoreNotFound => {
                let message = format!("state store {store} is not found");
                let (code, reason) = ("ERR_STATE_STORE_NOT_FOUND", "DAPR_STATE_NOT_FOUND");
                self.about_the_app(bad, code, reason, message)
            }
            Reason::IllegalKey { key } => self.illegal_key(key),
            Reason::SaveBody { error } => plain(bad, MALFORMED_REQUEST, error.clone()),
            Reason::Body { error } => {
                plain(bad, MALFORMED_REQUEST, format!("failed deserializing HTTP body: {error}"))
            }
            Reason::UnsupportedOperation { error } => {
                plain(bad, "ERR_NOT_SUPPORTED_STATE_OPERATION", error.clone())
            }
            Reason::QueryUnsupported => self.query_unsupported(),
            Reason::NotRead { key, error } => {
                let message = format!("fail to get {key} from state store {store}: {error}");
                plain(failed, "ERR_STATE_GET", message)
            }
            Reason::BulkNotRead { error } => plain(failed, "ERR_STATE_BULK_GET", error.clone()),
            Reason::NotSaved { error } => plain(failed, SAVE, self.not_saved(error)),
            Reason::SaveMismatch { error } => {
                plain(StatusCode::CONFLICT, SAVE, self.not_saved(error))
            }
            Reason::NotDeleted { key, error } => plain(failed, DELETE, not_deleted(key, error)),
            Reason::DeleteMismatch { key, error } => {
                plain(StatusCode::CONFLICT, DELETE, not_deleted(key, error))
            }
            Reason::TransactionFailed { error } => {
                let message = format!("error while executing state transaction: {error}");
                plain(failed, "ERR_STATE_TRANSACTION", message)
            }
        }
    }

    fn about_the_app(
        &self,
        status: StatusCode,
        code: &str,
        reason: &str,
        message: String,
    ) -> Response<Bytes> {
        let metadata = json!({"appID": self.app_id});
        ErrorBody::plain(code, message).because(reason, metadata).to_http(status)
    }

    fn illegal_key(&self, key: &str) -> Response<Bytes> {
        // Dapr words the error, wraps it, and words the wrapped one again.
        let reason = format!("input key/keyPrefix '{key}' can't contain '||'");
        let message = format!("api error: code = InvalidArgument desc = {reason}");
        ErrorBody::plain(MALFORMED_REQUEST, message.as_str())
            .with_field_violation(key, &message)
            .about_resource("state", &self.store, "")
            .because("DAPR_STATE_ILLEGAL_KEY", json!(null))
            .to_http(StatusCode::BAD_REQUEST)
    }

    fn query_unsupported(&self) -> Response<Bytes> {
        let message = "state store does not support querying";
        ErrorBody::plain("ERR_STATE_STORE_NOT_SUPPORTED", message)
            .about_resource("state", &self.store, "")
            .because("DAPR_STATE_QUERYING_NOT_SUPPORTED", json!(null))
            .to_http(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn not_saved(&self, error: &str) -> String {
        format!("failed saving state in state store {}: {error}", self.store)
    }
}

fn not_deleted(key: &str, error: &str) -> String {
    format!("failed deleting state with key {key}: {error}")
}
