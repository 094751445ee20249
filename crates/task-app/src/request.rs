//! Reading requests: JSON bodies, query parameters, the headers the API knows.

use http::{HeaderName, header};
use serde::de::DeserializeOwned;
use task_domain::Version;
use task_store::change_set::IdempotencyKey;

use crate::limits::{BODY_BYTES_MAX, IDEMPOTENCY_KEY_CHARS_MAX};
use crate::{Problem, Request};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The body as `T`; a fault names the field it is in.
pub(crate) fn json<T: DeserializeOwned>(request: &Request) -> Result<T, Problem> {
    if request.body().len() > BODY_BYTES_MAX {
        return Err(Problem::body_too_large(BODY_BYTES_MAX));
    }
    if let Some(content_type) = text_header(request, &header::CONTENT_TYPE)? {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let json = essence.eq_ignore_ascii_case("application/json")
            || essence.to_ascii_lowercase().ends_with("+json");
        if !json {
            return Err(Problem::not_json(content_type));
        }
    }
    let mut reader = serde_json::Deserializer::from_slice(request.body());
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = error.path().to_string();
        let cause = error.into_inner();
        match cause.classify() {
            serde_json::error::Category::Data if field != "." => {
                Problem::invalid_field(field, without_position(&cause.to_string()))
            }
            serde_json::error::Category::Data => {
                Problem::invalid_field("body", without_position(&cause.to_string()))
            }
            _ => Problem::malformed(format!("the body is not JSON: {cause}")),
        }
    })?;
    reader.end().map_err(|error| Problem::malformed(format!("the body is not JSON: {error}")))?;
    Ok(value)
}

/// Line and column mean little in a body that a program wrote; the field is named instead.
fn without_position(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

/// The query parameters as `T`; a fault names the parameter.
pub(crate) fn query<T: DeserializeOwned>(request: &Request) -> Result<T, Problem> {
    let query = request.uri().query().unwrap_or_default();
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let deserializer = serde_urlencoded::Deserializer::new(pairs);
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let field = error.path().to_string();
        Problem::invalid_field(field, error.into_inner().to_string())
    })
}

pub(crate) fn text_header<'r, B>(
    request: &'r http::Request<B>,
    name: &HeaderName,
) -> Result<Option<&'r str>, Problem> {
    let Some(value) = request.headers().get(name) else { return Ok(None) };
    let text = value
        .to_str()
        .map_err(|_| Problem::malformed(format!("the header {name} is not plain text")))?;
    Ok(Some(text))
}

/// Scope and fingerprint of a request that asks to be done once.
pub(crate) fn idempotency_key(request: &Request) -> Result<Option<IdempotencyKey>, Problem> {
    let Some(key) = text_header(request, &IDEMPOTENCY_KEY)? else { return Ok(None) };
    let key = key.trim().trim_matches('"');
    if key.is_empty() || key.len() > IDEMPOTENCY_KEY_CHARS_MAX {
        let detail = format!("1 to {IDEMPOTENCY_KEY_CHARS_MAX} characters");
        return Err(Problem::invalid_field("Idempotency-Key", detail));
    }
    let method = request.method();
    let path = request.uri().path();
    Ok(Some(IdempotencyKey {
        scope: format!("{method} {path} {key}"),
        body_hash: crate::auth::fingerprint(request.body()),
    }))
}

/// What `If-Match` demands of the stored version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IfMatch {
    Anything,
    OneOf(Vec<Version>),
}

impl IfMatch {
    pub(crate) fn of(request: &Request) -> Result<Self, Problem> {
        let Some(text) = text_header(request, &header::IF_MATCH)? else {
            return Ok(IfMatch::Anything);
        };
        if text.trim() == "*" {
            return Ok(IfMatch::Anything);
        }
        // An unreadable or weak tag is one that we never gave out: it matches nothing.
        let versions = text.split(',').filter_map(|tag| {
            tag.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok().map(Version)
        });
        Ok(IfMatch::OneOf(versions.collect()))
    }

    pub(crate) fn check(&self, version: Version) -> Result<(), Problem> {
        match self {
            IfMatch::Anything => Ok(()),
            IfMatch::OneOf(versions) if versions.contains(&version) => Ok(()),
            IfMatch::OneOf(_) => {
                let detail = format!("the current ETag is \"{}\"", version.0);
                Err(Problem::precondition_failed(detail))
            }
        }
    }
}

/// What ties the events of one request together across services.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trace {
    pub(crate) correlation_id: Option<String>,
    pub(crate) traceparent: Option<String>,
}

impl Trace {
    pub(crate) fn of(request: &Request) -> Self {
        let header = |name| {
            let value = request.headers().get(name)?.to_str().ok()?;
            (!value.is_empty() && value.len() <= 200).then(|| value.to_owned())
        };
        Trace { correlation_id: header(&CORRELATION_ID), traceparent: header(&TRACEPARENT) }
    }
}
