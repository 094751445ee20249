//! An app on the other end of a TCP connection, over HTTP/1.1 with kept-alive connections.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::uri::{Authority, Scheme, Uri};
use http::{Request, Response};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::net::TcpStream;

use super::{AppCall, AppChannel, AppChannelError};
use crate::config::AppAddress;

/// How often the app's port is tried until something listens.
const DIAL_INTERVAL: Duration = Duration::from_millis(100);
/// The largest answer read from an app. Answers to events are a few bytes, subscription documents
/// a few kilobytes.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// Connections kept open to the app while idle; one per partition of a few topics.
const IDLE_CONNECTIONS: usize = 64;

/// Calls an app by host and port.
pub struct TcpAppChannel {
    address: AppAddress,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl TcpAppChannel {
    pub fn new(host: impl Into<String>, port: u16) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .build(connector);
        Self { address: AppAddress { host: host.into(), port }, client }
    }

    fn authority(&self) -> String {
        let AppAddress { host, port } = &self.address;
        // An IPv6 address needs brackets to be told from its port.
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }

    fn unreachable(
        &self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> AppChannelError {
        AppChannelError::Unreachable { address: self.authority(), source: source.into() }
    }

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AppChannelError> {
        let (mut head, body) = request.into_parts();
        let authority: Authority = self
            .authority()
            .parse()
            .map_err(|source: http::uri::InvalidUri| self.unreachable(source))?;
        let mut uri = head.uri.into_parts();
        uri.scheme = Some(Scheme::HTTP);
        uri.authority = Some(authority);
        head.uri = Uri::from_parts(uri).map_err(|source| self.unreachable(source))?;
        let request = Request::from_parts(head, Full::new(body));
        let response =
            self.client.request(request).await.map_err(|source| self.unreachable(source))?;
        let (head, body) = response.into_parts();
        match Limited::new(body, ANSWER_BYTES).collect().await {
            Ok(body) => Ok(Response::from_parts(head, body.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => {
                Err(AppChannelError::AnswerTooLarge { limit: ANSWER_BYTES })
            }
            Err(error) => Err(AppChannelError::BrokenAnswer(error)),
        }
    }
}

impl AppChannel for TcpAppChannel {
    fn call(&self, req: Request<Bytes>) -> AppCall<'_> {
        Box::pin(self.send(req))
    }

    fn ready(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            let AppAddress { host, port } = &self.address;
            while TcpStream::connect((host.as_str(), *port)).await.is_err() {
                tokio::time::sleep(DIAL_INTERVAL).await;
            }
        })
    }

    fn address(&self) -> Option<AppAddress> {
        Some(self.address.clone())
    }
}
