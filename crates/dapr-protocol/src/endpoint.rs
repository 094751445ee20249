//! Where the sidecar is and how a caller proves itself to it. Knows no API.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::uri::{PathAndQuery, Uri};
use http::{HeaderValue, Method, Request};

use crate::headers::API_TOKEN;

/// A sidecar's base URL and the API token it expects, checked once and used for every request.
#[derive(Clone, Debug)]
pub struct DaprEndpoint {
    base: String,
    token: Option<HeaderValue>,
}

/// Why a request to the sidecar could not be built.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    #[error("the sidecar URL {url:?} is not an http(s) URL")]
    SidecarUrl { url: String },
    #[error("the sidecar token holds characters that no header may carry")]
    SidecarToken,
    #[error("bulk entry {entry_id:?} is not JSON")]
    EntryNotJson {
        entry_id: String,
        #[source]
        source: serde_json::Error,
    },
    #[error("the content type {content_type:?} cannot be a header")]
    ContentType { content_type: String },
    #[error("the etag {etag:?} cannot be a header")]
    Etag { etag: String },
    #[error("the request {path:?} is not a valid URL")]
    Path {
        path: String,
        #[source]
        source: http::Error,
    },
}

impl DaprEndpoint {
    /// `url` is scheme and authority, e.g. `http://127.0.0.1:3500`; a trailing slash is ignored.
    /// An empty token means that none is configured.
    pub fn new(url: &str, token: Option<&str>) -> Result<Self, RequestError> {
        let base = url.trim_end_matches('/');
        let is_http = base.parse::<Uri>().is_ok_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https")) && uri.path().len() <= 1
        });
        if !is_http {
            return Err(RequestError::SidecarUrl { url: url.to_owned() });
        }
        let token = match token.filter(|token| !token.is_empty()) {
            Some(token) => {
                Some(HeaderValue::from_str(token).map_err(|_| RequestError::SidecarToken)?)
            }
            None => None,
        };
        Ok(Self { base: base.to_owned(), token })
    }

    /// A request without a body.
    pub(crate) fn bare(&self, method: Method, path: &str) -> Result<Request<Bytes>, RequestError> {
        let wrap = |source: http::Error| RequestError::Path { path: path.to_owned(), source };
        let path_and_query = PathAndQuery::try_from(path).map_err(|e| wrap(e.into()))?;
        let uri =
            Uri::try_from(format!("{}{path_and_query}", self.base)).map_err(|e| wrap(e.into()))?;
        let mut request = Request::builder().method(method).uri(uri);
        if let Some(token) = &self.token {
            request = request.header(API_TOKEN, token);
        }
        request.body(Bytes::new()).map_err(wrap)
    }

    /// A request with a body. Its length is stated, because some clients send an unstated one
    /// in chunks.
    pub(crate) fn with_body(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: Bytes,
    ) -> Result<Request<Bytes>, RequestError> {
        let content_type = HeaderValue::from_str(content_type)
            .map_err(|_| RequestError::ContentType { content_type: content_type.to_owned() })?;
        let mut request = self.bare(method, path)?;
        request.headers_mut().insert(CONTENT_TYPE, content_type);
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        *request.body_mut() = body;
        Ok(request)
    }
}
