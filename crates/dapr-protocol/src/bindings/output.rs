//! Output bindings: `POST /v1.0/bindings/{name}`, as the app asks and as the sidecar answers.
//!
//! `data` is JSON on the wire and reaches the component as JSON text: a string arrives with its
//! quotes. Bytes that are not JSON cannot be sent this way.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::endpoint::{DaprEndpoint, RequestError};
use crate::error_body::{
    ErrorBody, MALFORMED_REQUEST, Refusal, no_content, null_as_default, read_object,
};
use crate::headers::JSON;
use crate::path;

/// Whatever goes wrong behind the call, an unknown name included.
const INVOKE_OUTPUT_BINDING: &str = "ERR_INVOKE_OUTPUT_BINDING";
/// Before the name of a response's metadata, as a header.
const METADATA_HEADER: &str = "metadata.";

/// One call of an output binding, as the app makes it.
#[derive(Clone, Debug, Default)]
pub struct InvokeBinding {
    /// The component's name.
    pub name: String,
    /// What to do, in the component's words: `create`, `get`, …
    pub operation: String,
    pub data: Option<Value>,
    pub metadata: BTreeMap<String, String>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindingOutcome {
    /// Done. The data are empty where the component had nothing to say.
    Invoked(BindingResponse),
    Refused(Refusal),
}

/// What a component says, in either case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BindingResponse {
    pub data: Bytes,
    /// Header names keep no case, so neither do these once they were sent.
    pub metadata: BTreeMap<String, String>,
}

/// The body of a call, as the sidecar reads it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct BindingCall {
    #[serde(default, deserialize_with = "null_as_default")]
    pub operation: String,
    #[serde(default)]
    pub data: Value,
    #[serde(default, deserialize_with = "null_as_default")]
    pub metadata: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Body<'a> {
    operation: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    metadata: &'a BTreeMap<String, String>,
}

impl InvokeBinding {
    pub fn to_http(&self, dapr: &DaprEndpoint) -> Result<Request<Bytes>, RequestError> {
        let path = format!("/v1.0/bindings/{}", path::segment(&self.name));
        let Self { operation, data, metadata, .. } = self;
        let body = Body { operation, data: data.as_ref(), metadata };
        // Strings and JSON values always serialise.
        let body = serde_json::to_vec(&body).unwrap_or_default();
        dapr.with_body(Method::POST, &path, JSON, body.into())
    }
}

impl BindingOutcome {
    pub fn read(response: &Response<Bytes>) -> Self {
        if !response.status().is_success() {
            return Self::Refused(Refusal::read(response));
        }
        let data = response.body().clone();
        Self::Invoked(BindingResponse { data, metadata: read_metadata(response.headers()) })
    }
}

impl BindingCall {
    /// The call in a request's body, or what a 400 says about a body that holds none.
    pub fn read(body: &[u8]) -> Result<Self, ErrorBody> {
        read_object(body).map_err(|error| {
            let message = format!("failed deserializing HTTP body: {error}");
            ErrorBody::plain(MALFORMED_REQUEST, message)
        })
    }

    /// What the component is handed: JSON text, or nothing where no data were sent.
    pub fn data_text(&self) -> Bytes {
        match &self.data {
            Value::Null => Bytes::new(),
            data => data.to_string().into(),
        }
    }
}

impl BindingResponse {
    /// The sidecar's answer to a call that worked.
    pub fn to_http(&self) -> Response<Bytes> {
        let mut response = if self.data.is_empty() {
            no_content()
        } else {
            let mut response = Response::new(self.data.clone());
            let content_type = HeaderValue::from_static(JSON);
            response.headers_mut().insert(http::header::CONTENT_TYPE, content_type);
            response
        };
        self.add_metadata(response.headers_mut());
        response
    }

    /// The sidecar's answer to a call that did not. What the component said is still told.
    pub fn to_refusal(&self, binding: &str, reason: &str) -> Response<Bytes> {
        let message = format!("error invoking output binding {binding}: {reason}");
        let body = ErrorBody::plain(INVOKE_OUTPUT_BINDING, message);
        let mut response = body.to_http(StatusCode::INTERNAL_SERVER_ERROR);
        self.add_metadata(response.headers_mut());
        response
    }

    /// What no header can carry is left out: it must not cost the answer itself.
    fn add_metadata(&self, headers: &mut HeaderMap) {
        for (key, value) in &self.metadata {
            let name = HeaderName::try_from(format!("{METADATA_HEADER}{key}"));
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                headers.insert(name, value);
            }
        }
    }
}

fn read_metadata(headers: &HeaderMap) -> BTreeMap<String, String> {
    let told = headers.iter().filter_map(|(name, value)| {
        let key = name.as_str().strip_prefix(METADATA_HEADER)?;
        Some((key.to_owned(), value.to_str().ok()?.to_owned()))
    });
    told.collect()
}
