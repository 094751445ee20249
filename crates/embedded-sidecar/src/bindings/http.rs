//! `bindings.http`: a call of some other server, with the answer handed back.
//!
//! Client certificates are not served: a component that states them is refused at the start.

mod redirect;

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use dapr_protocol::bindings::{BindingCall, BindingResponse};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::output::{BindingFailure, with_causes};
use crate::quantity;
use crate::resources::{Component, ResourceError};

/// How long a server may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// Dapr's bound of an answer's body, where the component states none.
const MAX_ANSWER_BYTES: usize = 100 * 1024 * 1024;
/// Requests made for one call, redirects included, as Go's client counts them.
const MAX_REQUESTS: usize = 10;
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// What can be asked, and by which method that is done.
const OPERATIONS: [(&str, Method); 9] = [
    ("create", Method::POST),
    ("get", Method::GET),
    ("head", Method::HEAD),
    ("post", Method::POST),
    ("put", Method::PUT),
    ("patch", Method::PATCH),
    ("delete", Method::DELETE),
    ("options", Method::OPTIONS),
    ("trace", Method::TRACE),
];

pub(crate) struct HttpBinding {
    url: String,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    /// A secret every call carries.
    token: Option<(HeaderName, HeaderValue)>,
    timeout: Option<Duration>,
    max_answer_bytes: usize,
    error_if_not_2xx: bool,
}

/// What is sent, and where to. Apart from `http::Request`, so that a redirect can send it again.
#[derive(Clone, Debug)]
struct Outgoing {
    method: Method,
    url: url::Url,
    headers: HeaderMap,
    body: Bytes,
}

impl HttpBinding {
    pub(crate) fn read(component: &Component) -> Result<Self, ResourceError> {
        for setting in ["MTLSClientCert", "MTLSClientKey", "MTLSRootCA"] {
            if let Some(value) = component.setting(setting)? {
                return Err(component.bad_setting(setting, value, "nothing: it is not served"));
            }
        }
        let url = component.setting("url")?.unwrap_or_default();
        let is_http = |url: &url::Url| matches!(url.scheme(), "http" | "https");
        if !url::Url::parse(url).is_ok_and(|url| is_http(&url)) {
            return Err(component.bad_setting("url", url, "an http(s) URL"));
        }
        let timeout = component.duration("responseTimeout", Duration::ZERO)?;
        let limit = "a size such as 4Mi";
        Ok(Self {
            url: url.to_owned(),
            client: client(),
            token: token(component)?,
            timeout: (!timeout.is_zero()).then_some(timeout),
            max_answer_bytes: component.parsed(
                "maxResponseBodySize",
                limit,
                MAX_ANSWER_BYTES,
                quantity::parse,
            )?,
            error_if_not_2xx: component.flag("errorIfNot2XX", true)?,
        })
    }

    pub(super) fn operations() -> Vec<&'static str> {
        OPERATIONS.iter().map(|(name, _)| *name).collect()
    }

    pub(super) async fn invoke(
        &self,
        call: &BindingCall,
    ) -> Result<BindingResponse, BindingFailure> {
        let outgoing = self.outgoing(call)?;
        let exchange = self.follow(outgoing);
        let answer = match self.timeout {
            None => exchange.await?,
            Some(timeout) => tokio::time::timeout(timeout, exchange)
                .await
                .map_err(|_| "the server did not answer in time".to_owned())??,
        };
        let status = answer.status();
        let response =
            BindingResponse { metadata: answer_metadata(&answer), data: answer.into_body() };
        let is_strict = match call.metadata.get("errorIfNot2XX").filter(|it| !it.is_empty()) {
            None => self.error_if_not_2xx,
            Some(stated) => is_truthy(stated),
        };
        if is_strict && !status.is_success() {
            let reason = format!("received status code {}", status.as_u16());
            return Err(BindingFailure { reason, response });
        }
        Ok(response)
    }

    fn outgoing(&self, call: &BindingCall) -> Result<Outgoing, String> {
        let named = OPERATIONS.iter().find(|(name, _)| *name == call.operation);
        let (_, method) = named.ok_or_else(|| format!("invalid operation: {}", call.operation))?;
        let method = method.clone();
        let has_body = matches!(method, Method::POST | Method::PUT | Method::PATCH);
        let body = if has_body { call.data_text() } else { Bytes::new() };
        let url = match call.metadata.get("path").filter(|path| !path.is_empty()) {
            None => self.url.clone(),
            Some(path) => {
                format!("{}/{}", self.url.trim_end_matches('/'), path.trim_start_matches('/'))
            }
        };
        let url = url::Url::parse(&url).map_err(|error| format!("{url:?}: {error}"))?;
        let mut headers = HeaderMap::new();
        if has_body {
            headers.insert(CONTENT_TYPE, JSON);
        }
        headers.insert(ACCEPT, JSON);
        if let Some((name, value)) = &self.token {
            headers.insert(name, value.clone());
        }
        add_stated(&mut headers, &call.metadata)?;
        Ok(Outgoing { method, url, headers, body })
    }

    /// The exchange, and those it leads on to.
    async fn follow(&self, mut outgoing: Outgoing) -> Result<Response<Bytes>, String> {
        for _ in 0..MAX_REQUESTS {
            let answer = self.exchange(&outgoing).await?;
            match redirect::next(&outgoing, &answer, self.token.as_ref().map(|it| &it.0))? {
                None => return Ok(answer),
                Some(next) => outgoing = next,
            }
        }
        Err(format!("stopped after {MAX_REQUESTS} redirects"))
    }

    async fn exchange(&self, outgoing: &Outgoing) -> Result<Response<Bytes>, String> {
        let mut request = Request::new(Full::new(outgoing.body.clone()));
        *request.method_mut() = outgoing.method.clone();
        *request.uri_mut() =
            outgoing.url.as_str().parse().map_err(|error| format!("{}: {error}", outgoing.url))?;
        *request.headers_mut() = outgoing.headers.clone();
        let answer = self.client.request(request).await.map_err(|error| with_causes(&error))?;
        let (head, body) = answer.into_parts();
        match Limited::new(body, self.max_answer_bytes).collect().await {
            Ok(body) => Ok(Response::from_parts(head, body.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => {
                Err(format!("the server answered more than {} bytes", self.max_answer_bytes))
            }
            Err(error) => Err(with_causes(error.as_ref())),
        }
    }
}

fn client() -> Client<HttpsConnector<HttpConnector>, Full<Bytes>> {
    let mut connector = HttpConnector::new();
    connector.enforce_http(false);
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
    let connector = HttpsConnectorBuilder::new()
        .with_webpki_roots()
        .https_or_http()
        .enable_all_versions()
        .wrap_connector(connector);
    Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector)
}

/// It takes both settings to make a header of them.
fn token(component: &Component) -> Result<Option<(HeaderName, HeaderValue)>, ResourceError> {
    let (name, value) =
        (component.setting("securityTokenHeader")?, component.setting("securityToken")?);
    let (Some(name), Some(value)) = (name, value) else { return Ok(None) };
    let header = HeaderName::try_from(name)
        .map_err(|_| component.bad_setting("securityTokenHeader", name, "a header name"))?;
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| component.bad_setting("securityToken", "", "text that fits a header"))?;
    value.set_sensitive(true);
    Ok(Some((header, value)))
}

/// Metadata whose names begin with a capital letter are headers; so are those of a trace.
fn add_stated(headers: &mut HeaderMap, metadata: &BTreeMap<String, String>) -> Result<(), String> {
    const OF_A_TRACE: [&str; 3] = ["traceparent", "tracestate", "baggage"];
    for (key, value) in metadata {
        let is_header = key.starts_with(|c: char| c.is_ascii_uppercase())
            || (OF_A_TRACE.contains(&key.as_str()) && !value.is_empty());
        if !is_header {
            continue;
        }
        match (HeaderName::try_from(key), HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) => headers.insert(name, value),
            _ => return Err(format!("{key:?} cannot be sent as a header")),
        };
    }
    Ok(())
}

/// Status and headers, several values of one header in one.
fn answer_metadata(answer: &Response<Bytes>) -> BTreeMap<String, String> {
    let status = answer.status();
    let reason = status.canonical_reason().unwrap_or_default();
    let mut metadata = BTreeMap::from([
        ("statusCode".to_owned(), status.as_u16().to_string()),
        ("status".to_owned(), format!("{} {reason}", status.as_u16())),
    ]);
    for name in answer.headers().keys() {
        let values = answer.headers().get_all(name).iter();
        let values: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
        metadata.insert(name.to_string(), values.join(", "));
    }
    metadata
}

fn is_truthy(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "true" | "1" | "t" | "y" | "yes" | "on")
}
