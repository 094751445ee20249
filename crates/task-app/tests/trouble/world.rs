//! A platform whose database and sidecar do as they are told.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::executor::block_on;
use serde_json::{Value, json};
use task_app::ports::{BodySink, Disconnected, OutboundError, Responder};
use task_app::relay::{Drained, drain};
use task_app::{Platform, Request, Response, Settings, api, remind};
use task_store::relay::LeaseState;
use task_store::{Db, DbError, Dialect, Rows, SqlStore, Store, Value as SqlValue};
use test_support::sqlite::SqliteDb;
use uuid::Uuid;

use crate::clockwork::{Clockwork, Whole, settings_with};
use crate::requests::{PASSWORD, post, with_token};
use crate::sidecar::Sidecar;

pub(crate) const ADMIN_TOKEN: &str = "operator";

/// A database that can be away.
pub(crate) struct Unsteady {
    db: SqliteDb,
    failure: RefCell<Option<DbError>>,
}

impl Db for Unsteady {
    async fn run(&self, statement: &str, params: &[SqlValue]) -> Result<Rows, DbError> {
        let failure = self.failure.borrow().clone();
        match failure {
            Some(failure) => Err(failure),
            None => self.db.run(statement, params).await,
        }
    }
}

pub(crate) struct World {
    store: SqlStore<Unsteady>,
    clockwork: Clockwork,
    pub(crate) sidecar: Sidecar,
    /// What is asked of the app while its next call is on its way to the sidecar.
    pub(crate) meanwhile: RefCell<Vec<Request>>,
    /// Events that were still being published when somebody else could have taken the lease.
    pub(crate) lapses: Cell<usize>,
    pub(crate) settings: Settings,
}

impl World {
    pub(crate) fn new() -> Self {
        let db = SqliteDb::open_in_memory().expect("a database");
        World {
            store: SqlStore::new(Unsteady { db, failure: RefCell::default() }, Dialect::Sqlite),
            clockwork: Clockwork::new(),
            sidecar: Sidecar::default(),
            meanwhile: RefCell::default(),
            lapses: Cell::new(0),
            settings: settings_with("admin_token", ADMIN_TOKEN),
        }
    }

    /// From now on no statement runs; with `None`, all do again.
    pub(crate) fn set_database(&self, failure: Option<DbError>) {
        *self.store.db().failure.borrow_mut() = failure;
    }

    /// A new account, and its access token.
    pub(crate) fn sign_up(&self, name: &str) -> String {
        self.enter("/api/auth/signup", name)
    }

    pub(crate) fn create_tasks(&self, token: &str, count: usize) {
        for number in 1..=count {
            let body = json!({"title": format!("Task {number}")});
            let answer = self.call(&with_token(token, post("/api/me/tasks", body)));
            assert_eq!(answer.status(), 201, "{answer:?}");
        }
    }

    /// A new access token of somebody who signed up.
    pub(crate) fn sign_in(&self, name: &str) -> String {
        self.enter("/api/auth/signin", name)
    }

    fn enter(&self, path: &str, name: &str) -> String {
        let body = json!({"email": format!("{name}@example.org"), "password": PASSWORD});
        let signed_in = json_body(&self.call(&post(path, body)));
        signed_in["access_token"].as_str().expect("a token").to_owned()
    }

    pub(crate) fn call(&self, request: &Request) -> Response {
        block_on(self.ask(request))
    }

    /// Asks the component whose path it is: that of the API, or that of the reminders.
    pub(crate) async fn ask(&self, request: &Request) -> Response {
        if !request.uri().path().starts_with("/api/") {
            return remind::handle(self, &self.settings, request).await;
        }
        let (head, body) = request.clone().into_parts();
        let head = http::Request::from_parts(head, ());
        let answer = RefCell::default();
        let responder = Caller(&answer);
        api::handle(self, &self.settings, &head, Whole(Some(body)), responder, "client").await;
        answer.take().expect("an answer")
    }

    pub(crate) fn drain(&self) -> Drained {
        block_on(drain(self, &self.settings))
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        self.clockwork.pass(time);
    }

    pub(crate) fn pass_s(&self, seconds: i64) {
        self.pass(TimeDelta::seconds(seconds));
    }
}

pub(crate) fn json_body(answer: &Response) -> Value {
    serde_json::from_slice(answer.body()).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

impl Platform for World {
    type Store = SqlStore<Unsteady>;

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
        bytes.fill(7);
    }

    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, OutboundError> {
        for request in self.meanwhile.take() {
            let answer = Box::pin(self.ask(&request)).await;
            assert!(answer.status().is_success(), "{answer:?}");
        }
        let is_publish = request.uri().path().contains("/publish/");
        let (took, answer) = self.sidecar.take(self.now(), request, timeout);
        self.pass(took);
        let lease = self.store.lease_state(self.now()).await.expect("a database");
        if is_publish && lease != LeaseState::Held {
            self.lapses.set(self.lapses.get() + 1);
        }
        answer
    }

    async fn sleep(&self, duration: Duration) {
        self.pass(TimeDelta::from_std(duration).expect("a short sleep"));
    }
}

/// Keeps the answer.
pub(crate) struct Caller<'a>(pub(crate) &'a RefCell<Option<Response>>);

impl<'a> Responder for Caller<'a> {
    type Sink = Caller<'a>;

    async fn answer(self, response: Response) {
        *self.0.borrow_mut() = Some(response);
    }

    fn begin(self, head: http::Response<()>) -> Self {
        *self.0.borrow_mut() = Some(head.map(|()| Bytes::new()));
        self
    }
}

impl BodySink for Caller<'_> {
    async fn send(&mut self, _: Bytes) -> Result<(), Disconnected> {
        Ok(())
    }

    fn is_connected(&self) -> bool {
        true
    }

    fn abort(self) {}
}
