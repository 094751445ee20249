//! Where reminders are told: the webhook of everybody. It keeps what comes, and refuses some of it
//! the first time.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::Value;
use tokio::runtime::Handle;

use crate::proxy::{Answer, answer_with, serve};

/// Some first attempts are refused. A second answer_with would be waited out for five minutes.
const REFUSED_AT_FIRST: f64 = 0.05;

/// One message, which may have come several times.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    /// Whom it was addressed to, by the path.
    pub(crate) addressee: String,
    /// The data of the event.
    pub(crate) data: Value,
    pub(crate) copies: u32,
    /// By the real clock, when it came first.
    pub(crate) came_at_ms: i64,
}

#[derive(Debug)]
pub(crate) struct Receiver {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// By the id that says which of them are the same.
    messages: BTreeMap<String, Message>,
    dice: StdRng,
}

impl Receiver {
    pub(crate) fn start(runtime: &Handle, dice: StdRng, now_ms: fn() -> i64) -> Self {
        let state = Arc::new(Mutex::new(State { messages: BTreeMap::new(), dice }));
        let kept = Arc::clone(&state);
        let address = serve(runtime, move |head, body| {
            let answer = lock(&kept).take(&head, &body, now_ms());
            async move { answer }
        });
        Receiver { address, state }
    }

    /// Where this user's messages go.
    pub(crate) fn url(&self, user_id: &str) -> String {
        format!("http://{}/{user_id}", self.address)
    }

    pub(crate) fn messages(&self) -> BTreeMap<String, Message> {
        lock(&self.state).messages.clone()
    }
}

impl State {
    fn take(&mut self, head: &Parts, body: &Bytes, came_at_ms: i64) -> Answer {
        let id = head.headers.get("webhook-id").and_then(|id| id.to_str().ok());
        let parsed: Option<Value> = serde_json::from_slice(body).ok();
        let (Some(id), Some(mut parsed)) = (id, parsed) else {
            return answer_with(StatusCode::BAD_REQUEST);
        };
        let addressee = head.uri.path().trim_start_matches('/').to_owned();
        let data = parsed["data"].take();
        let message = self.messages.entry(id.to_owned()).or_insert(Message {
            addressee,
            data,
            copies: 0,
            came_at_ms,
        });
        message.copies += 1;
        let refuses = message.copies == 1 && self.dice.random_bool(REFUSED_AT_FIRST);
        answer_with(if refuses { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::OK })
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
