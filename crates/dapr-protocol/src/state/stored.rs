//! Values as they are read, one or several at a time.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, ETAG};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::item::Etag;
use crate::endpoint::{DaprEndpoint, RequestError};
use crate::error_body::{json_response, no_content, null_as_default};
use crate::headers::JSON;
use crate::metadata::RequestMetadata;
use crate::path;

/// A value with its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredState {
    /// JSON text.
    pub data: Bytes,
    pub etag: Option<Etag>,
    /// RFC 3339, where the value has an end.
    pub expires_at: Option<String>,
}

/// `POST /v1.0/state/{store}/bulk`, the body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BulkGet {
    #[serde(deserialize_with = "null_as_default")]
    pub keys: Vec<String>,
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "RequestMetadata::is_empty"
    )]
    pub metadata: RequestMetadata,
}

/// One key of the answer to a [`BulkGet`]. Only the key is there where there is no value.
#[derive(Debug, Serialize, Deserialize)]
pub struct BulkStateItem {
    pub key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<Etag>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
}

impl StoredState {
    /// The sidecar's answer; `None` for a key without a value.
    pub fn to_http(stored: Option<&Self>) -> Response<Bytes> {
        let Some(stored) = stored else { return no_content() };
        let mut response = Response::new(stored.data.clone());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        // Both are the sidecar's own text, which always fits a header.
        if let Some(Ok(etag)) = stored.etag.as_deref().map(HeaderValue::from_str) {
            headers.insert(ETAG, etag);
        }
        if let Some(Ok(at)) = stored.expires_at.as_deref().map(HeaderValue::from_str) {
            headers.insert(HeaderName::from_static(EXPIRE_HEADER), at);
        }
        response
    }
}

/// `metadata.` and [`super::TTL_EXPIRE_TIME`]; header names have no case.
const EXPIRE_HEADER: &str = "metadata.ttlexpiretime";

impl BulkGet {
    pub fn to_http(
        &self,
        dapr: &DaprEndpoint,
        store: &str,
    ) -> Result<Request<Bytes>, RequestError> {
        let path = format!("/v1.0/state/{}/bulk", path::segment(store));
        let body = serde_json::to_vec(self).unwrap_or_default();
        dapr.with_body(Method::POST, &path, JSON, body.into())
    }
}

impl BulkStateItem {
    pub fn new(key: String, stored: Option<&StoredState>) -> Self {
        let Some(stored) = stored else {
            return Self { key, data: None, etag: None, metadata: BTreeMap::new() };
        };
        let expires = stored.expires_at.clone();
        Self {
            key,
            data: serde_json::from_slice(&stored.data).ok(),
            etag: stored.etag.clone(),
            metadata: expires
                .map(|at| (super::TTL_EXPIRE_TIME.to_owned(), at))
                .into_iter()
                .collect(),
        }
    }

    /// The sidecar's answer.
    pub fn to_http(items: &[Self]) -> Response<Bytes> {
        json_response(StatusCode::OK, &items)
    }
}
