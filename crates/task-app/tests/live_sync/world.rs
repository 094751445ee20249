//! A platform whose time passes only while somebody sleeps.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::executor::block_on;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use task_app::ports::OutboundError;
use task_app::{Platform, Request, Response, api, sync};
use task_store::{Dialect, SqlStore};
use test_support::sqlite::SqliteDb;
use uuid::Uuid;

use crate::clockwork::{Clockwork, Whole, settings_with};
use crate::listener::{Attention, Listener, Seen};

/// The realtime hub of every world here.
pub(crate) const HUB: &str = "http://hub.test:8081";
pub(crate) const PASSWORD: &str = "correct horse";

pub(crate) struct World {
    store: SqlStore<SqliteDb>,
    clockwork: Clockwork,
    chance: Cell<u8>,
    /// What happens while somebody sleeps, in its order.
    later: RefCell<VecDeque<(DateTime<Utc>, Request)>>,
    /// What was sent to the hub, and what it answers.
    pub(crate) posted: RefCell<Vec<http::Request<Bytes>>>,
    pub(crate) hub_answer: Cell<Result<StatusCode, Duration>>,
}

impl World {
    pub(crate) fn new() -> Self {
        World {
            store: SqlStore::new(SqliteDb::open_in_memory().expect("a database"), Dialect::Sqlite),
            clockwork: Clockwork::new(),
            chance: Cell::new(0),
            later: RefCell::default(),
            posted: RefCell::default(),
            hub_answer: Cell::new(Ok(StatusCode::CREATED)),
        }
    }

    /// What every byte of chance will be.
    pub(crate) fn with_chance(self, chance: u8) -> Self {
        self.chance.set(chance);
        self
    }

    /// A new account, and its access token.
    pub(crate) fn sign_up(&self, email: &str) -> String {
        let body = json!({"email": email, "password": PASSWORD});
        let answer = self.call(&request(Method::POST, "/api/auth/signup", "", Some(body)));
        let signed_in: Value = serde_json::from_slice(answer.body()).expect("JSON");
        signed_in["access_token"].as_str().expect("a token").to_owned()
    }

    pub(crate) fn create_task(&self, token: &str, title: &str) {
        let answer = self.call(&new_task(token, title));
        assert_eq!(answer.status(), StatusCode::CREATED);
    }

    /// Asks the API, now.
    pub(crate) fn call(&self, request: &Request) -> Response {
        block_on(self.answer(request))
    }

    async fn answer(&self, request: &Request) -> Response {
        let listener = Listener::new(self, Attention::Stays);
        let seen = listener.seen();
        let (head, body) = request.clone().into_parts();
        let head = http::Request::from_parts(head, ());
        let body = Whole(Some(body));
        api::handle(self, &settings_with("hub_url", HUB), &head, body, listener, "client").await;
        let seen = seen.take();
        let mut response = Response::new(Bytes::from(seen.text()));
        *response.status_mut() = seen.status;
        response
    }

    /// Asks the API once this much time has passed.
    pub(crate) fn call_in(&self, delay: TimeDelta, request: Request) {
        self.later.borrow_mut().push_back((self.clockwork.now() + delay, request));
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        self.clockwork.pass(time);
    }

    /// Asks live sync, and returns once the answer has ended.
    pub(crate) fn ask(&self, request: &Request, attention: Attention) -> Seen {
        let listener = Listener::new(self, attention);
        let seen = listener.seen();
        let (head, body) = request.clone().into_parts();
        let head = http::Request::from_parts(head, ());
        block_on(sync::handle(
            self,
            &settings_with("hub_url", HUB),
            &head,
            Whole(Some(body)),
            listener,
        ));
        let mut seen = seen.take();
        seen.lasted = self.clockwork.now() - seen.began_at;
        seen
    }

    /// The same, for who stays until the end.
    pub(crate) fn get(&self, path: &str, token: &str) -> Seen {
        self.ask(&request(Method::GET, path, token, None), Attention::Stays)
    }
}

pub(crate) fn request(method: Method, path: &str, token: &str, body: Option<Value>) -> Request {
    let mut builder = http::Request::builder().method(method).uri(path);
    if !token.is_empty() {
        builder = builder.header("authorization", format!("Bearer {token}"));
    }
    let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
    builder.body(body).expect("a request")
}

pub(crate) fn new_task(token: &str, title: &str) -> Request {
    request(Method::POST, "/api/me/tasks", token, Some(json!({ "title": title })))
}

impl Platform for World {
    type Store = SqlStore<SqliteDb>;

    fn store(&self) -> &Self::Store {
        &self.store
    }

    fn now(&self) -> DateTime<Utc> {
        self.clockwork.now()
    }

    fn mint(&self) -> Uuid {
        self.clockwork.mint()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        bytes.fill(self.chance.get());
    }

    async fn send(
        &self,
        request: http::Request<Bytes>,
        _timeout: Duration,
    ) -> Result<http::Response<Bytes>, OutboundError> {
        self.posted.borrow_mut().push(request);
        let status = self.hub_answer.get().map_err(OutboundError::TimedOut)?;
        Ok(http::Response::builder().status(status).body(Bytes::new()).expect("an answer"))
    }

    async fn sleep(&self, duration: Duration) {
        let wakes_at = self.clockwork.now() + duration;
        while let Some((at, request)) = self.due(wakes_at) {
            self.pass(at - self.now());
            let answer = Box::pin(self.answer(&request)).await;
            assert!(answer.status().is_success(), "{request:?}: {answer:?}");
        }
        self.pass(wakes_at - self.now());
    }
}

impl World {
    fn due(&self, by: DateTime<Utc>) -> Option<(DateTime<Utc>, Request)> {
        self.later.borrow_mut().pop_front_if(|(at, _)| *at <= by)
    }
}
