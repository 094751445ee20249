//! An app that answers by a closure, and remembers what it saw and when.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use embedded_sidecar::{AppCall, AppChannel};
use http::{HeaderMap, Method, Request, Response};
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;

/// How long nothing has to come for an app to be left alone. Looking on for a while is the only
/// way to see from outside that nothing comes; a retry that a case waits for is at most a second
/// away.
const QUIET: Duration = Duration::from_millis(1_500);

pub(crate) struct App {
    subscriptions: Response<Bytes>,
    respond: Respond,
    patience: Duration,
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

impl App {
    pub(super) fn new(
        subscriptions: Response<Bytes>,
        patience: Duration,
        respond: impl Fn(&Seen) -> Response<Bytes> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            subscriptions,
            respond: Box::new(respond),
            patience,
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
        if tokio::time::timeout(self.patience, arrived).await.is_err() {
            let so_far = self.calls_so_far(path).len();
            panic!("{path} was called {so_far} times, expected {n}");
        }
        let mut calls = self.calls_so_far(path);
        calls.truncate(n);
        calls
    }

    pub(crate) fn calls_so_far(&self, path: &str) -> Vec<Seen> {
        let seen = self.seen.lock().expect("no case panics while it holds this");
        seen.iter().filter(|call| call.path == path).cloned().collect()
    }

    /// Resolves once no call has come for a while.
    pub(super) async fn quiet(&self) {
        let mut count = self.count.subscribe();
        let look_on = async {
            while let Ok(changed) = tokio::time::timeout(QUIET, count.changed()).await {
                changed.expect("the app outlives the wait");
            }
        };
        if tokio::time::timeout(self.patience, look_on).await.is_err() {
            panic!("the app was never left alone");
        }
    }

    /// The answer to a call, after as long as the app takes for it.
    pub(super) async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let response = self.note(request);
        if let Some(Takes(duration)) = response.extensions().get() {
            tokio::time::sleep(*duration).await;
        }
        response
    }

    fn note(&self, request: Request<Bytes>) -> Response<Bytes> {
        let (head, body) = request.into_parts();
        let path = head.uri.path().to_owned();
        let mut seen = self.seen.lock().expect("no case panics while it holds this");
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
        match call.path.as_str() {
            "/dapr/subscribe" => self.subscriptions.clone(),
            "/dapr/config" => super::status(404),
            _ => (self.respond)(&call),
        }
    }
}

impl AppChannel for App {
    fn call(&self, request: Request<Bytes>) -> AppCall<'_> {
        Box::pin(async move { Ok(self.answer(request).await) })
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

/// How long the app is busy before it gives an answer.
#[derive(Clone, Copy)]
struct Takes(Duration);

/// The answer, after a while.
pub(crate) fn after(duration: Duration, mut response: Response<Bytes>) -> Response<Bytes> {
    response.extensions_mut().insert(Takes(duration));
    response
}
