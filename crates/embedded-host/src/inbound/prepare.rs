//! What a component is shown of a request: an absolute URL and the `spin-*` headers.

use http::header::HOST;
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Request, Uri};
use wasmtime_wasi_http::WasiBody;

use super::{Caller, is_chaining_host};
use crate::application::Application;
use crate::routing::RouteMatch;
use crate::routing::spin_headers::{self, HeaderFault};

#[derive(Debug, thiserror::Error)]
pub(super) enum RequestFault {
    #[error("no 'Host' header present in request")]
    NoHost,
    #[error("the 'Host' header is not an authority")]
    MalformedHost,
    #[error("authority in 'Host' header does not match authority in URI")]
    AmbiguousHost,
    #[error("the request URI cannot be made absolute")]
    Uri,
    #[error(transparent)]
    Header(#[from] HeaderFault),
}

pub(super) fn request(
    request: &mut Request<WasiBody>,
    matched: &RouteMatch,
    caller: Caller,
    app: &Application,
) -> Result<(), RequestFault> {
    // A service in this process has no reason to know where the application listens.
    if caller == Caller::Process && !request.headers().contains_key(HOST) {
        let own = HeaderValue::from_str(&app.own_authority());
        let own = own.map_err(|_| RequestFault::MalformedHost)?;
        request.headers_mut().insert(HOST, own);
        *request.uri_mut() = origin_form(request.uri())?;
    }
    *request.uri_mut() = absolute(request)?;
    let uri = request.uri().clone();
    spin_headers::append(request.headers_mut(), &uri, matched, caller.address())?;
    Ok(())
}

/// The host of a chained request names a component; nothing outside may read it as a machine.
pub(super) fn drop_chaining_host(request: &mut Request<WasiBody>) {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    if host.is_some_and(is_chaining_host) {
        request.headers_mut().remove(HOST);
    }
}

fn origin_form(uri: &Uri) -> Result<Uri, RequestFault> {
    let mut parts = http::uri::Parts::default();
    parts.path_and_query = uri.path_and_query().cloned();
    Uri::from_parts(parts).map_err(|_| RequestFault::Uri)
}

fn absolute(request: &Request<WasiBody>) -> Result<Uri, RequestFault> {
    let mut parts = request.uri().clone().into_parts();
    let header = match request.headers().get(HOST) {
        Some(host) => {
            let host = host.to_str().map_err(|_| RequestFault::MalformedHost)?;
            Some(host.parse::<Authority>().map_err(|_| RequestFault::MalformedHost)?)
        }
        None => None,
    };
    let authority = match (header, parts.authority.take()) {
        (None, None) => return Err(RequestFault::NoHost),
        (Some(header), Some(uri)) if header != uri => return Err(RequestFault::AmbiguousHost),
        (Some(authority), _) | (None, Some(authority)) => authority,
    };
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(authority);
    Uri::from_parts(parts).map_err(|_| RequestFault::Uri)
}
