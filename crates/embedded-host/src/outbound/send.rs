//! One outbound request, from the check to the response head.

use std::sync::Arc;
use std::time::Duration;

use http::header::HOST;
use http::uri::{Authority as UriAuthority, Scheme};
use http::{Request, Response, Uri};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

use super::allowed_hosts::Destination;
use super::{CHAINING_SUFFIX, Outbound, SELF_ALIAS, authority, between_bytes};
use crate::host_calls::{HostCall, HostCallKind};
use crate::inbound::{self, Caller};

/// What Spin waits when a component sets no timeout of its own.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(600);

/// Who answers a request.
enum Target {
    ThisApp,
    Component(String),
    Elsewhere,
}

impl Outbound {
    pub(super) async fn send(
        self,
        mut request: Request<WasiBody>,
        options: RequestOptions,
    ) -> Result<Response<WasiBody>, Error> {
        let target = Target::of(request.uri());
        self.check(&target, request.uri())?;
        request.headers_mut().remove(HOST);
        if let Some(trace) = &self.trace {
            trace.inject(request.headers_mut());
        }
        let call = self.begin_call(&request);
        let first_byte = options.first_byte_timeout.unwrap_or(DEFAULT_TIMEOUT);
        let connect = options.connect_timeout.unwrap_or(DEFAULT_TIMEOUT);
        let answer = self.answer(target, request, connect);
        let response = match tokio::time::timeout(first_byte, answer).await {
            Ok(outcome) => outcome?,
            Err(_elapsed) => return Err(Error::ConnectionReadTimeout),
        };
        call.finish();
        let between = options.between_bytes_timeout.unwrap_or(DEFAULT_TIMEOUT);
        Ok(response.map(|body| between_bytes::limited(body, between)))
    }

    fn begin_call(&self, request: &Request<WasiBody>) -> HostCall {
        let detail = format_args!("{} {}", request.method(), request.uri());
        self.app.calls.begin(HostCallKind::Outbound, &self.component.id, detail)
    }

    fn check(&self, target: &Target, uri: &Uri) -> Result<(), Error> {
        let destination = Destination::of(uri).ok_or(Error::HttpRequestUriInvalid)?;
        let (allowed, wanted) = match target {
            Target::ThisApp => {
                (self.component.allowed_hosts.allow_self(&destination.scheme), "http://self".into())
            }
            Target::Component(_) | Target::Elsewhere => {
                (self.component.allowed_hosts.allow(&destination), destination.to_string())
            }
        };
        if allowed {
            return Ok(());
        }
        tracing::error!(
            component = self.component.id,
            "A component tried to make an outbound network connection to disallowed destination \
             '{wanted}'. To allow this request, add 'allowed_outbound_hosts = [\"{wanted}\"]' to \
             the manifest component section."
        );
        Err(Error::HttpRequestDenied)
    }

    async fn answer(
        self,
        target: Target,
        mut request: Request<WasiBody>,
        connect_timeout: Duration,
    ) -> Result<Response<WasiBody>, Error> {
        match target {
            Target::ThisApp => {
                let own = self.app.own_authority();
                address(request.uri_mut(), &own)?;
                Ok(inbound::handle(Arc::clone(&self.app), request, Caller::Component)
                    .await
                    .response)
            }
            Target::Component(id) => {
                let Some(component) = self.app.components.get(&id).map(Arc::clone) else {
                    tracing::error!(component = id, "a chained request names no component");
                    return Err(Error::DestinationNotFound);
                };
                Ok(inbound::chain(Arc::clone(&self.app), component, request).await.response)
            }
            Target::Elsewhere => match authority::find(&self.app.authorities, request.uri()) {
                Some(authority) => authority::call(authority, request).await,
                None => self.app.client.send(request, connect_timeout).await,
            },
        }
    }
}

impl Target {
    fn of(uri: &Uri) -> Self {
        let host = uri.host().unwrap_or_default();
        match host.strip_suffix(CHAINING_SUFFIX) {
            _ if host.is_empty() || host == SELF_ALIAS => Self::ThisApp,
            Some(component) => Self::Component(component.to_owned()),
            None => Self::Elsewhere,
        }
    }
}

fn address(uri: &mut Uri, authority: &str) -> Result<(), Error> {
    let invalid = |_| Error::HttpRequestUriInvalid;
    let authority: UriAuthority = authority.parse().map_err(invalid)?;
    let mut parts = uri.clone().into_parts();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(authority);
    *uri = Uri::from_parts(parts).map_err(|_| Error::HttpRequestUriInvalid)?;
    Ok(())
}
