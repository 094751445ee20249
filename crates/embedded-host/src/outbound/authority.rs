//! Services in this process that answer for an authority, so that no socket is needed.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::uri::Scheme;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use wasmtime_wasi_http::{Error, WasiBody};

/// Largest request body that is collected for a service: well above what a sidecar accepts.
const MAX_BODY_BYTES: usize = 64 << 20;

pub type AuthorityFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Response<Bytes>, Refused>> + Send + 'a>>;

/// Nobody answers, as if nothing listened there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

/// Answers the requests for one authority, such as a sidecar for `localhost:3500`.
pub trait Authority: Send + Sync + 'static {
    fn call(&self, request: Request<Bytes>) -> AuthorityFuture<'_>;
}

/// The service for `uri`. Authorities match by text, a missing port being the scheme's usual one.
pub(super) fn find(
    authorities: &BTreeMap<String, Arc<dyn Authority>>,
    uri: &Uri,
) -> Option<Arc<dyn Authority>> {
    let host = uri.host()?;
    let usual = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    let port = uri.port_u16().unwrap_or(usual);
    authorities.get(&format!("{host}:{port}")).map(Arc::clone)
}

pub(super) async fn call(
    authority: Arc<dyn Authority>,
    request: Request<WasiBody>,
) -> Result<Response<WasiBody>, Error> {
    let (parts, body) = request.into_parts();
    let collected = Limited::new(body, MAX_BODY_BYTES).collect().await;
    let body = collected.map_err(|error| match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(_) => Error::HttpRequestBodySize(Some(MAX_BODY_BYTES as u64)),
    })?;
    let answer = authority.call(Request::from_parts(parts, body.to_bytes())).await;
    let response = answer.map_err(|Refused| Error::ConnectionRefused)?;
    Ok(response.map(|body| Full::new(body).map_err(Into::into).boxed_unsync()))
}
