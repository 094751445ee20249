//! A proxy that reads whole requests, so that one of them can be answered wrongly, late, or five
//! times. What it does with each is its manner's affair.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::runtime::Handle;

pub(crate) type Answer = Response<Full<Bytes>>;

/// A request as it came in; it can be sent on any number of times.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    head: Parts,
    body: Bytes,
}

/// Where requests lead to in the end.
#[derive(Clone, Debug)]
pub(crate) struct Upstream {
    client: Client<HttpConnector, Full<Bytes>>,
    authority: Authority,
}

/// What a proxy does with a request. `None` hangs up without an answer.
pub(crate) trait Manner: Send + Sync + 'static {
    fn treat(
        self: Arc<Self>,
        call: Call,
        upstream: Upstream,
    ) -> impl Future<Output = Option<Answer>> + Send;
}

/// Why a connection is dropped: the manner wanted it so.
#[derive(Debug)]
struct HungUp;

pub(crate) struct HttpProxy;

impl HttpProxy {
    /// Serves on `listen` until the runtime ends.
    pub(crate) fn start(
        runtime: &Handle,
        listen: SocketAddr,
        upstream: SocketAddr,
        manner: &Arc<impl Manner>,
    ) {
        let listener = runtime.block_on(TcpListener::bind(listen));
        let listener =
            listener.unwrap_or_else(|error| panic!("cannot listen on {listen}: {error}"));
        let upstream = Upstream::at(upstream);
        let manner = Arc::clone(manner);
        runtime.spawn(async move {
            loop {
                // Whoever left while waiting is nobody's concern.
                let Ok((connection, _)) = listener.accept().await else { continue };
                let (upstream, manner) = (upstream.clone(), Arc::clone(&manner));
                let service = service_fn(move |request| {
                    let (upstream, manner) = (upstream.clone(), Arc::clone(&manner));
                    async move {
                        let Ok(call) = Call::read(request).await else { return Err(HungUp) };
                        manner.treat(call, upstream).await.ok_or(HungUp)
                    }
                });
                let serving =
                    http1::Builder::new().serve_connection(TokioIo::new(connection), service);
                tokio::spawn(serving);
            }
        });
    }
}

impl Call {
    async fn read(request: Request<Incoming>) -> Result<Self, hyper::Error> {
        let (head, body) = request.into_parts();
        Ok(Call { head, body: body.collect().await?.to_bytes() })
    }

    pub(crate) fn path(&self) -> &str {
        self.head.uri.path()
    }
}

impl Upstream {
    fn at(address: SocketAddr) -> Self {
        let authority = Authority::try_from(address.to_string());
        let authority = authority.unwrap_or_else(|error| panic!("{address}: {error}"));
        Upstream { client: Client::builder(TokioExecutor::new()).build_http(), authority }
    }

    /// `None` when nobody answers there.
    pub(crate) async fn send(&self, call: &Call) -> Option<Answer> {
        let request = self.request(call)?;
        let answered = self.client.request(request).await.ok()?;
        let (head, body) = answered.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        let mut answer = Response::new(Full::new(body));
        *answer.status_mut() = head.status;
        *answer.headers_mut() = end_to_end(&head.headers);
        Some(answer)
    }

    fn request(&self, call: &Call) -> Option<Request<Full<Bytes>>> {
        let mut uri = call.head.uri.clone().into_parts();
        uri.scheme = Some(Scheme::HTTP);
        uri.authority = Some(self.authority.clone());
        let mut request = Request::new(Full::new(call.body.clone()));
        *request.method_mut() = call.head.method.clone();
        *request.uri_mut() = Uri::from_parts(uri).ok()?;
        *request.headers_mut() = end_to_end(&call.head.headers);
        Some(request)
    }
}

/// An answer of the proxy's own.
pub(crate) fn answer_with(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from_static(b"{}")));
    *answer.status_mut() = status;
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

/// Without what speaks of one connection alone.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    for name in
        [header::CONNECTION, header::TRANSFER_ENCODING, header::CONTENT_LENGTH, header::HOST]
    {
        kept.remove(name);
    }
    kept
}

impl std::fmt::Display for HungUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("hung up on purpose")
    }
}

impl std::error::Error for HungUp {}

/// A server of the run's own that answers by itself.
pub(crate) fn serve<F>(
    runtime: &Handle,
    answer: impl Fn(Parts, Bytes) -> F + Clone + Send + Sync + 'static,
) -> SocketAddr
where
    F: Future<Output = Answer> + Send + 'static,
{
    let listener = runtime.block_on(TcpListener::bind(("127.0.0.1", 0)));
    let listener = listener.unwrap_or_else(|error| panic!("no port is free: {error}"));
    let address = listener.local_addr().unwrap_or_else(|error| panic!("no address: {error}"));
    runtime.spawn(async move {
        loop {
            let Ok((connection, _)) = listener.accept().await else { continue };
            let answer = answer.clone();
            let service = service_fn(move |request| {
                let answer = answer.clone();
                async move {
                    let read = Call::read(request).await;
                    Ok::<_, Infallible>(match read {
                        Ok(call) => answer(call.head, call.body).await,
                        Err(_) => answer_with(StatusCode::BAD_REQUEST),
                    })
                }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(connection), service));
        }
    });
    address
}
