//! Secrets: read from a store by name, one or all of them.
//!
//! Owns the calls and their messages on both sides. It must not know where a store has them from.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};

use crate::endpoint::{DaprEndpoint, RequestError};
use crate::error_body::{ErrorBody, Refusal, json_response};
use crate::path;

/// One secret: usually a single value under the secret's own name, in some stores several.
pub type Secret = BTreeMap<String, String>;

/// `GET /v1.0/secrets/{store}/{name}`.
#[derive(Clone, Debug)]
pub struct GetSecret {
    pub store: String,
    pub name: String,
}

/// How reading a secret ended. A store says 500 also to a name it does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretOutcome {
    Found(Secret),
    Refused(Refusal),
}

/// A call about secrets that cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRefusal {
    /// There is no store at all.
    NoStores,
    StoreNotFound {
        store: String,
    },
    /// The configuration keeps this secret from the app.
    Forbidden {
        store: String,
        name: String,
    },
    NotRead {
        store: String,
        name: String,
        error: String,
    },
}

impl GetSecret {
    pub fn to_http(&self, dapr: &DaprEndpoint) -> Result<Request<Bytes>, RequestError> {
        let (store, name) = (path::segment(&self.store), path::segment(&self.name));
        dapr.bare(Method::GET, &format!("/v1.0/secrets/{store}/{name}"))
    }
}

impl SecretOutcome {
    pub fn read(response: &Response<Bytes>) -> Self {
        match serde_json::from_slice(response.body()) {
            Ok(secret) if response.status() == StatusCode::OK => Self::Found(secret),
            _ => Self::Refused(Refusal::read(response)),
        }
    }
}

impl SecretRefusal {
    pub fn to_http(&self) -> Response<Bytes> {
        let failed = StatusCode::INTERNAL_SERVER_ERROR;
        let (status, code, message) = match self {
            Self::NoStores => {
                let message = "secret store is not configured".to_owned();
                (failed, "ERR_SECRET_STORES_NOT_CONFIGURED", message)
            }
            Self::StoreNotFound { store } => {
                let message = format!("failed finding secret store with key {store}");
                (StatusCode::UNAUTHORIZED, "ERR_SECRET_STORE_NOT_FOUND", message)
            }
            Self::Forbidden { store, name } => {
                let message = format!("access denied by policy to get {name:?} from {store:?}");
                (StatusCode::FORBIDDEN, "ERR_PERMISSION_DENIED", message)
            }
            Self::NotRead { store, name, error } => {
                let message = format!(
                    "failed getting secret with key {name} from secret store {store}: {error}"
                );
                (failed, "ERR_SECRET_GET", message)
            }
        };
        ErrorBody::plain(code, message).to_http(status)
    }
}

/// The sidecar's answer with one secret.
pub fn secret_to_http(secret: &Secret) -> Response<Bytes> {
    json_response(StatusCode::OK, secret)
}

/// The sidecar's answer with all secrets of a store.
pub fn secrets_to_http(secrets: &BTreeMap<String, Secret>) -> Response<Bytes> {
    json_response(StatusCode::OK, secrets)
}
