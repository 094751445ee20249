//! How often the provider is asked, by a platform whose clock, network and memory are values.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use serde_json::json;
use task_store::{Db, DbError, Dialect, Rows, SqlStore, Value};
use uuid::Uuid;

use super::*;
use crate::ports::OutboundError;

const URL: &str = "https://login.test/keys";

/// A provider that publishes some key ids, or is down.
struct World {
    store: SqlStore<NoDatabase>,
    now: Cell<DateTime<Utc>>,
    published: RefCell<Option<Vec<&'static str>>>,
    asked: Cell<u32>,
    memory: RefCell<HashMap<String, Vec<u8>>>,
}

struct NoDatabase;

impl Db for NoDatabase {
    async fn run(&self, _statement: &str, _params: &[Value]) -> Result<Rows, DbError> {
        Err(DbError::Unavailable("there is none".to_owned()))
    }
}

impl Platform for World {
    type Store = SqlStore<NoDatabase>;

    fn store(&self) -> &Self::Store {
        &self.store
    }

    fn now(&self) -> DateTime<Utc> {
        self.now.get()
    }

    fn mint(&self) -> Uuid {
        Uuid::nil()
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }

    async fn send(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, OutboundError> {
        assert_eq!((request.uri().to_string().as_str(), timeout), (URL, JWKS_TIMEOUT));
        self.asked.set(self.asked.get() + 1);
        let published = self.published.borrow();
        let kids = published.as_ref().ok_or(OutboundError::TimedOut(timeout))?;
        let key = |kid| json!({"kty": "RSA", "kid": kid, "n": "A".repeat(342), "e": "AQAB"});
        let keys: Vec<_> = kids.iter().map(key).collect();
        Ok(http::Response::new(Bytes::from(json!({"keys": keys}).to_string())))
    }

    async fn sleep(&self, _duration: Duration) {}

    fn recall(&self, key: &str) -> Option<Vec<u8>> {
        self.memory.borrow().get(key).cloned()
    }

    fn remember(&self, key: &str, value: &[u8]) {
        self.memory.borrow_mut().insert(key.to_owned(), value.to_vec());
    }
}

impl World {
    fn publishing(kids: &[&'static str]) -> Self {
        World {
            store: SqlStore::new(NoDatabase, Dialect::Sqlite),
            now: Cell::new(DateTime::from_timestamp(1_800_000_000, 0).expect("an instant")),
            published: RefCell::new(Some(kids.to_vec())),
            asked: Cell::new(0),
            memory: RefCell::default(),
        }
    }

    fn pass(&self, time: TimeDelta) {
        self.now.set(self.now.get() + time);
    }

    /// Looks for a key, and tells what came of it and how often the provider was asked until now.
    #[track_caller]
    fn check(&self, kid: &str, expected: Result<bool, u16>, asked: u32) {
        let mut lookup = pin!(key(self, URL, Some(kid)));
        let Poll::Ready(found) = lookup.as_mut().poll(&mut Context::from_waker(Waker::noop()))
        else {
            panic!("nothing here waits")
        };
        let found = found.map(|key| key.is_some()).map_err(|problem| problem.status());
        assert_eq!((found, self.asked.get()), (expected, asked));
    }
}

#[test]
fn known_keys_are_fetched_once_until_they_have_aged() {
    let world = World::publishing(&["a", "b"]);
    world.check("a", Ok(true), 1);
    world.check("b", Ok(true), 1);
    world.pass(JWKS_FRESH - TimeDelta::milliseconds(1));
    world.check("a", Ok(true), 1);
    world.pass(TimeDelta::milliseconds(1));
    world.check("a", Ok(true), 2);
}

#[test]
fn a_new_key_is_found_at_once_and_unknown_ones_do_not_make_us_ask_at_their_pace() {
    let world = World::publishing(&["a"]);
    world.check("a", Ok(true), 1);
    world.check("new", Ok(false), 1);
    world.published.replace(Some(vec!["a", "new"]));
    world.pass(JWKS_ASK_AGAIN_AFTER);
    world.check("new", Ok(true), 2);
    for forged in ["x", "y", "z"] {
        world.check(forged, Ok(false), 2);
    }
}

#[test]
fn a_withdrawn_key_is_forgotten_with_the_next_fetch() {
    let world = World::publishing(&["old"]);
    world.check("old", Ok(true), 1);
    world.published.replace(Some(vec!["new"]));
    world.pass(JWKS_FRESH);
    world.check("old", Ok(false), 2);
}

#[test]
fn a_provider_that_is_down_signs_nobody_out_for_a_while() {
    let world = World::publishing(&["a"]);
    world.check("a", Ok(true), 1);
    world.published.replace(None);
    world.pass(JWKS_FRESH);
    world.check("a", Ok(true), 2);
    world.check("a", Ok(true), 2);
    world.pass(JWKS_KEPT_WITHOUT_PROVIDER);
    world.check("a", Err(503), 3);
    world.check("a", Err(503), 3);
    world.published.replace(Some(vec!["a"]));
    world.pass(JWKS_ASK_AGAIN_AFTER);
    world.check("a", Ok(true), 4);
}
