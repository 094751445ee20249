//! Calls about the sidecar itself: health, metadata, shutdown. Knows their messages, not the
//! state behind them.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde::{Deserialize, Serialize};

use crate::endpoint::{DaprEndpoint, RequestError};
use crate::error_body::{
    DIRECT_INVOKE, ErrorBody, HEALTH_APPID_NOT_MATCH, HEALTH_NOT_READY, OUTBOUND_HEALTH_NOT_READY,
    json_response,
};
use crate::headers::APP_ID;
use crate::metadata::parameter;
use crate::subscription::Rule;

/// `GET /v1.0/metadata`. Sections of building blocks that are not served are empty, not absent:
/// clients read them without looking.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RuntimeMetadata {
    pub id: String,
    pub runtime_version: String,
    pub enabled_features: Vec<String>,
    pub actors: Vec<serde_json::Value>,
    pub components: Vec<ComponentMetadata>,
    /// Free labels, settable by `PUT /v1.0/metadata/{key}`.
    pub extended: BTreeMap<String, String>,
    pub subscriptions: Vec<SubscriptionMetadata>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_connection_properties: Option<AppConnection>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentMetadata {
    pub name: String,
    #[serde(rename = "type")]
    pub component_type: String,
    pub version: String,
    pub capabilities: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionMetadata {
    pub pubsubname: String,
    pub topic: String,
    #[serde(default, skip_serializing_if = "crate::metadata::RequestMetadata::is_empty")]
    pub metadata: crate::metadata::RequestMetadata,
    pub rules: Vec<Rule>,
    #[serde(rename = "deadLetterTopic", default)]
    pub dead_letter_topic: String,
    #[serde(rename = "type")]
    pub origin: SubscriptionOrigin,
}

/// Who stated a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SubscriptionOrigin {
    /// The app, when asked.
    Programmatic,
    /// A resource file.
    Declarative,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppConnection {
    pub port: u16,
    pub protocol: String,
    pub channel_address: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_concurrency: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<AppHealthMetadata>,
}

/// Durations in Go's notation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppHealthMetadata {
    pub health_check_path: String,
    pub health_probe_interval: String,
    pub health_probe_timeout: String,
    pub health_threshold: u32,
}

/// Whether a sidecar may be used yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthAnswer {
    Ready,
    NotReady,
}

/// What `GET /v1.0/healthz` waits for; `/outbound` waits for the components only, so an app may
/// ask it while it starts itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HealthScope {
    Everything,
    Outbound,
}

impl RuntimeMetadata {
    pub fn to_http(&self) -> Response<Bytes> {
        json_response(StatusCode::OK, self)
    }

    pub fn request(dapr: &DaprEndpoint) -> Result<Request<Bytes>, RequestError> {
        dapr.bare(Method::GET, "/v1.0/metadata")
    }
}

impl HealthScope {
    pub fn request(self, dapr: &DaprEndpoint) -> Result<Request<Bytes>, RequestError> {
        dapr.bare(
            Method::GET,
            match self {
                Self::Everything => "/v1.0/healthz",
                Self::Outbound => "/v1.0/healthz/outbound",
            },
        )
    }

    /// The sidecar's refusal; `waiting_for` names what is not ready.
    pub fn not_ready(self, waiting_for: &[&str]) -> Response<Bytes> {
        let body = match self {
            Self::Everything => ErrorBody::plain(
                HEALTH_NOT_READY,
                format!("dapr is not ready: [{}]", waiting_for.join(" ")),
            ),
            Self::Outbound => {
                ErrorBody::plain(OUTBOUND_HEALTH_NOT_READY, "dapr outbound is not ready")
            }
        };
        body.to_http(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl HealthAnswer {
    pub fn read(response: &Response<Bytes>) -> Self {
        if response.status().is_success() { Self::Ready } else { Self::NotReady }
    }
}

/// The `appid` query parameter of a health check, by which a caller makes sure it talks to the
/// sidecar it means.
pub fn expected_app_id(query: Option<&str>) -> Option<String> {
    parameter(query, "appid").filter(|app_id| !app_id.is_empty())
}

/// The answer to a health check meant for another app.
pub fn app_id_mismatch() -> Response<Bytes> {
    ErrorBody::plain(HEALTH_APPID_NOT_MATCH, "dapr app-id does not match")
        .to_http(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The answer to a call without the API token.
pub fn invalid_token() -> Response<Bytes> {
    plain_text(StatusCode::UNAUTHORIZED, "invalid api token\n")
}

/// The answer to a path whose parameters do not unescape.
pub fn bad_escape() -> Response<Bytes> {
    plain_text(StatusCode::BAD_REQUEST, "invalid URL escape\n")
}

/// The answer to a path nobody serves: it falls through to service invocation, which finds no
/// app id, or (`dapr-app-id` being set) cannot reach that app.
pub fn unserved(headers: &http::HeaderMap) -> Response<Bytes> {
    match headers.get(APP_ID).and_then(|value| value.to_str().ok()) {
        Some(app_id) => ErrorBody::plain(
            DIRECT_INVOKE,
            format!("failed to invoke, id: {app_id}, err: service invocation is not available"),
        )
        .to_http(StatusCode::INTERNAL_SERVER_ERROR),
        None => ErrorBody::plain(
            DIRECT_INVOKE,
            "failed getting app id either from the URL path or the header dapr-app-id",
        )
        .to_http(StatusCode::NOT_FOUND),
    }
}

fn plain_text(status: StatusCode, text: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(text.as_bytes()));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
