//! Every way the sidecar says no to a conversation. Knows the wording, not the reasons.

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::error_body::{BODY_READ, ErrorBody, MALFORMED_REQUEST};

/// A conversation that does not take place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConversationRefusal {
    BodyTooLarge,
    Malformed { error: String },
    NotFound { component: String },
    NoInputs { component: String },
    Parameters { component: String, error: String },
}

impl ConversationRefusal {
    pub fn to_http(&self) -> Response<Bytes> {
        let (code, message) = match self {
            Self::BodyTooLarge => {
                (BODY_READ, "failed to read request body: stream too large".to_owned())
            }
            Self::Malformed { error } => {
                (MALFORMED_REQUEST, format!("failed deserializing HTTP body: {error}"))
            }
            Self::NotFound { component } => {
                let message = format!("failed finding conversation component {component}");
                ("ERR_CONVERSATION_NOT_FOUND", message)
            }
            Self::NoInputs { component } => {
                let what = "missing inputs in request";
                let message = format!("failed conversing with component {component}: {what}");
                ("ERR_CONVERSATION_MISSING_INPUTS", message)
            }
            Self::Parameters { component, error } => {
                let what = format!("invalid params: {error}");
                let message = format!("failed conversing with component {component}: {what}");
                ("ERR_CONVERSATION_INVALID_PARMS", message)
            }
        };
        ErrorBody::plain(code, message).to_http(StatusCode::BAD_REQUEST)
    }
}
