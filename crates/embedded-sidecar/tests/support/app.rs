//! An app in this process: answers by a closure, remembers what it saw and when.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use embedded_sidecar::{AppCall, AppChannel};
use http::{HeaderMap, Method, Request, Response};
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long a test waits, in virtual time, for what must come.
const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);

pub(crate) struct StubApp {
    subscriptions: Response<Bytes>,
    respond: Respond,
    seen: Mutex<Vec<Seen>>,
    count: watch::Sender<usize>,
    started: Instant,
}

type Respond = Box<dyn Fn(&Seen) -> Response<Bytes> + Send + Sync>;

/// A call the app got.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Since the app was made.
    pub(crate) at: Duration,
    /// Counts the calls of this method and path from 1.
    pub(crate) nth: usize,
}

impl StubApp {
    /// An app with these subscriptions that answers every other call by `respond`.
    pub(crate) fn new(
        subscriptions: Value,
        respond: impl Fn(&Seen) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let mut document = status(200);
        *document.body_mut() = subscriptions.to_string().into();
        Self::answering_the_question_with(document, respond)
    }

    pub(crate) fn answering_the_question_with(
        subscriptions: Response<Bytes>,
        respond: impl Fn(&Seen) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            subscriptions,
            respond: Box::new(respond),
            seen: Mutex::default(),
            count: watch::Sender::new(0),
            started: Instant::now(),
        })
    }

    /// The first `n` calls of `path`, as soon as there are that many.
    pub(crate) async fn calls(&self, path: &str, n: usize) -> Vec<Seen> {
        let mut count = self.count.subscribe();
        let arrived = async {
            while self.calls_so_far(path).len() < n {
                count.changed().await.expect("the app outlives the wait");
            }
        };
        if tokio::time::timeout(PATIENCE, arrived).await.is_err() {
            let so_far = self.calls_so_far(path).len();
            panic!("{path} was called {so_far} times, expected {n}");
        }
        let mut calls = self.calls_so_far(path);
        calls.truncate(n);
        calls
    }

    /// Every call of a path that starts so, in order, as soon as there are `n`.
    pub(crate) async fn calls_below(&self, prefix: &str, n: usize) -> Vec<Seen> {
        let mut count = self.count.subscribe();
        let arrived = async {
            loop {
                // More calls than these may have come in all, but not fewer.
                if *count.borrow_and_update() >= n && self.below(prefix).len() >= n {
                    return;
                }
                count.changed().await.expect("the app outlives the wait");
            }
        };
        if tokio::time::timeout(PATIENCE, arrived).await.is_err() {
            panic!("{prefix} was called {} times, expected {n}", self.below(prefix).len());
        }
        self.below(prefix)
    }

    fn below(&self, prefix: &str) -> Vec<Seen> {
        let seen = self.seen.lock().expect("no test panics while it holds this");
        seen.iter().filter(|call| call.path.starts_with(prefix)).cloned().collect()
    }

    pub(crate) fn calls_so_far(&self, path: &str) -> Vec<Seen> {
        let seen = self.seen.lock().expect("no test panics while it holds this");
        seen.iter().filter(|call| call.path == path).cloned().collect()
    }
}

impl Seen {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("the header is text"))
    }
}

impl AppChannel for StubApp {
    fn call(&self, req: Request<Bytes>) -> AppCall<'_> {
        let (head, body) = req.into_parts();
        let path = head.uri.path().to_owned();
        let mut seen = self.seen.lock().expect("no test panics while it holds this");
        let earlier = seen.iter().filter(|it| it.path == path && it.method == head.method).count();
        let call = Seen {
            method: head.method,
            path,
            headers: head.headers,
            body,
            at: self.started.elapsed(),
            nth: earlier + 1,
        };
        seen.push(call.clone());
        drop(seen);
        self.count.send_modify(|count| *count += 1);
        let response = match call.path.as_str() {
            "/dapr/subscribe" => self.subscriptions.clone(),
            _ => (self.respond)(&call),
        };
        Box::pin(async move {
            if let Some(Takes(duration)) = response.extensions().get() {
                tokio::time::sleep(*duration).await;
            }
            Ok(response)
        })
    }
}

/// How long the app is busy before it gives an answer.
#[derive(Clone, Copy)]
struct Takes(Duration);

/// The answer, after a while.
pub(crate) fn after(duration: Duration, mut response: Response<Bytes>) -> Response<Bytes> {
    response.extensions_mut().insert(Takes(duration));
    response
}

/// An empty answer.
pub(crate) fn status(code: u16) -> Response<Bytes> {
    Response::builder().status(code).body(Bytes::new()).expect("a status")
}
