//! An app behind a real socket on a free port, for tests of the binary.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long a test waits, in real time, for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Accepts every event and counts them by the `data` they carry.
pub(crate) struct HttpApp {
    pub(crate) port: u16,
    received: Arc<Received>,
}

struct Received {
    by_data: Mutex<HashMap<String, usize>>,
    changed: watch::Sender<()>,
    subscriptions: String,
}

impl HttpApp {
    pub(crate) async fn start(subscriptions: serde_json::Value) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let received = Arc::new(Received {
            by_data: Mutex::default(),
            changed: watch::Sender::new(()),
            subscriptions: subscriptions.to_string(),
        });
        tokio::spawn(accept(listener, Arc::clone(&received)));
        Self { port, received }
    }

    /// Waits until every one of `expected` has come at least once.
    pub(crate) async fn got_all(&self, expected: &[String]) {
        let mut changed = self.received.changed.subscribe();
        let complete = async {
            while !self.missing(expected).is_empty() {
                changed.changed().await.expect("the app outlives the wait");
            }
        };
        if tokio::time::timeout(PATIENCE, complete).await.is_err() {
            panic!("never delivered: {:?}", self.missing(expected));
        }
    }

    fn missing(&self, expected: &[String]) -> Vec<String> {
        let by_data = self.received.by_data.lock().expect("nobody panics with this lock");
        expected.iter().filter(|data| !by_data.contains_key(*data)).cloned().collect()
    }
}

async fn accept(listener: TcpListener, received: Arc<Received>) {
    while let Ok((stream, _)) = listener.accept().await {
        let received = Arc::clone(&received);
        let service = service_fn(move |request| answer(request, Arc::clone(&received)));
        tokio::spawn(async move {
            let builder = Builder::new(TokioExecutor::new());
            // A sidecar that is killed breaks its connections off; that is the test.
            let _ = builder.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: http::Request<Incoming>,
    received: Arc<Received>,
) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let body = match request.into_body().collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => Bytes::new(),
    };
    if path == "/dapr/subscribe" {
        let document = Bytes::from(received.subscriptions.clone());
        return Ok(http::Response::new(Full::new(document)));
    }
    if let Ok(event) = serde_json::from_slice::<serde_json::Value>(&body) {
        let mut by_data = received.by_data.lock().expect("nobody panics with this lock");
        *by_data.entry(event["data"].to_string()).or_default() += 1;
        received.changed.send_replace(());
    }
    Ok(http::Response::new(Full::default()))
}
