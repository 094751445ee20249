//! Connections to the outside, kept open and shared by all components, as in Spin.

use std::error::Error as StdError;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower_service::Service;
use wasmtime_wasi_http::{Error, WasiBody};

tokio::task_local! {
    /// The pool connects on behalf of a request, whose timeout has no other way to reach it.
    static CONNECT_TIMEOUT: Duration;
}

pub(crate) struct PooledClient {
    client: Client<TimedConnector, WasiBody>,
}

impl PooledClient {
    pub(crate) fn new() -> Self {
        let mut http = HttpConnector::new();
        http.enforce_http(false);
        http.set_nodelay(true);
        let https = HttpsConnectorBuilder::new()
            .with_webpki_roots()
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(http);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .build(TimedConnector(https));
        Self { client }
    }

    pub(super) async fn send(
        &self,
        request: Request<WasiBody>,
        connect_timeout: Duration,
    ) -> Result<Response<WasiBody>, Error> {
        let answer = CONNECT_TIMEOUT.scope(connect_timeout, self.client.request(request)).await;
        match answer {
            Ok(response) => Ok(response.map(|body| body.map_err(Into::into).boxed_unsync())),
            Err(error) => {
                let told = as_wasi_error(&error);
                tracing::debug!(error = %anyhow::Error::from(error), "an outbound request failed");
                Err(told)
            }
        }
    }
}

#[derive(Clone)]
struct TimedConnector(HttpsConnector<HttpConnector>);

type Stream = <HttpsConnector<HttpConnector> as Service<Uri>>::Response;
type Connecting =
    Pin<Box<dyn Future<Output = Result<Stream, Box<dyn StdError + Send + Sync>>> + Send>>;

impl Service<Uri> for TimedConnector {
    type Response = Stream;
    type Error = Box<dyn StdError + Send + Sync>;
    type Future = Connecting;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let timeout = CONNECT_TIMEOUT.try_with(|timeout| *timeout).unwrap_or(Duration::MAX);
        let connecting = self.0.call(uri);
        Box::pin(async move {
            match tokio::time::timeout(timeout, connecting).await {
                Ok(connected) => connected,
                Err(_elapsed) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
            }
        })
    }
}

/// The WASI code for what went wrong, found at whatever depth it is wrapped.
fn as_wasi_error(error: &hyper_util::client::legacy::Error) -> Error {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    let mut during_lookup = false;
    while let Some(current) = cause {
        // The resolver's error is private to its crate; its words are all there is.
        during_lookup |= current.to_string().contains("dns error");
        if let Some(io) = current.downcast_ref::<io::Error>() {
            match io.kind() {
                io::ErrorKind::TimedOut => return Error::ConnectionTimeout,
                io::ErrorKind::ConnectionRefused => return Error::ConnectionRefused,
                io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof => {
                    return Error::ConnectionTerminated;
                }
                _ if during_lookup => {
                    let rcode = Some("address not available".to_owned());
                    return Error::DnsError { rcode, info_code: None };
                }
                _ => {}
            }
        }
        if current.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message) {
            return Error::HttpResponseIncomplete;
        }
        cause = current.source();
    }
    if error.is_connect() { Error::DestinationUnavailable } else { Error::HttpProtocolError }
}
