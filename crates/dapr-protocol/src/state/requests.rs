//! The calls of one key or of several without a transaction, as the app makes them and reads
//! their answers.

use bytes::Bytes;
use http::header::{ETAG, IF_MATCH};
use http::{HeaderValue, Method, Request, Response, StatusCode};

use super::item::{Etag, StateItem};
use super::stored::StoredState;
use crate::endpoint::{DaprEndpoint, RequestError};
use crate::error_body::Refusal;
use crate::headers::JSON;
use crate::path;

/// `GET /v1.0/state/{store}/{key}`.
#[derive(Clone, Debug)]
pub struct GetState {
    pub store: String,
    pub key: String,
}

/// `POST /v1.0/state/{store}`: each item for itself. Some may be written although the call is
/// refused; what must be written together is a [`super::StateTransaction`].
#[derive(Clone, Debug)]
pub struct SaveState {
    pub store: String,
    pub items: Vec<StateItem>,
}

/// `DELETE /v1.0/state/{store}/{key}`; with an etag only that version.
#[derive(Clone, Debug)]
pub struct DeleteState {
    pub store: String,
    pub key: String,
    pub etag: Option<Etag>,
}

/// What there is under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateOutcome {
    Found(StoredState),
    Missing,
    Refused(Refusal),
}

/// How a write ended, a transaction included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateWritten {
    Done,
    /// Somebody else wrote meanwhile: read again. A transaction never says so; its refusal tells
    /// no reason.
    EtagMismatch,
    Refused(Refusal),
}

impl GetState {
    pub fn to_http(&self, dapr: &DaprEndpoint) -> Result<Request<Bytes>, RequestError> {
        dapr.bare(Method::GET, &key_path(&self.store, &self.key))
    }
}

impl SaveState {
    pub fn to_http(&self, dapr: &DaprEndpoint) -> Result<Request<Bytes>, RequestError> {
        let path = format!("/v1.0/state/{}", path::segment(&self.store));
        // Strings and JSON values always serialise.
        let body = serde_json::to_vec(&self.items).unwrap_or_default();
        dapr.with_body(Method::POST, &path, JSON, body.into())
    }
}

impl DeleteState {
    pub fn to_http(&self, dapr: &DaprEndpoint) -> Result<Request<Bytes>, RequestError> {
        let mut request = dapr.bare(Method::DELETE, &key_path(&self.store, &self.key))?;
        if let Some(etag) = &self.etag {
            let etag = HeaderValue::from_str(etag)
                .map_err(|_| RequestError::Etag { etag: etag.clone() })?;
            request.headers_mut().insert(IF_MATCH, etag);
        }
        Ok(request)
    }
}

impl StateOutcome {
    pub fn read(response: &Response<Bytes>) -> Self {
        match response.status() {
            StatusCode::OK => Self::Found(StoredState {
                data: response.body().clone(),
                etag: text(response, ETAG.as_str()),
                expires_at: text(response, &format!("metadata.{}", super::TTL_EXPIRE_TIME)),
            }),
            StatusCode::NO_CONTENT => Self::Missing,
            _ => Self::Refused(Refusal::read(response)),
        }
    }
}

impl StateWritten {
    pub fn read(response: &Response<Bytes>) -> Self {
        match response.status() {
            status if status.is_success() => Self::Done,
            StatusCode::CONFLICT => Self::EtagMismatch,
            _ => Self::Refused(Refusal::read(response)),
        }
    }
}

fn key_path(store: &str, key: &str) -> String {
    format!("/v1.0/state/{}/{}", path::segment(store), path::segment(key))
}

fn text(response: &Response<Bytes>, header: &str) -> Option<String> {
    Some(response.headers().get(header)?.to_str().ok()?.to_owned())
}
