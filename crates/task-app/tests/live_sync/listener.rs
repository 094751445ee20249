//! Who listens to an answer, how well, and what they saw.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, StatusCode};
use task_app::ports::{BodySink, Disconnected, Responder};
use task_app::{Platform, Response};

use crate::world::World;

/// How a client behaves after its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attention {
    Stays,
    /// Closes the connection when it has had this much time.
    LeavesAfter(TimeDelta),
    /// Takes nothing, and closes nothing.
    Stalls,
}

/// An answer as it arrived.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) began_at: DateTime<Utc>,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Each piece of the body, and when it came.
    pub(crate) pieces: Vec<(TimeDelta, String)>,
    pub(crate) lasted: TimeDelta,
}

impl Seen {
    pub(crate) fn text(&self) -> String {
        self.pieces.iter().map(|(_, text)| text.as_str()).collect()
    }

    /// The ids of the changes, in their order.
    pub(crate) fn changes(&self) -> Vec<u64> {
        let text = self.text();
        let frames = text.split("\n\n").filter(|frame| frame.contains("event: change"));
        let id = |frame: &str| frame.strip_prefix("id: ")?.split('\n').next()?.parse().ok();
        frames.map(|frame| id(frame).expect("an id")).collect()
    }
}

pub(crate) struct Listener<'w> {
    world: &'w World,
    attention: Attention,
    seen: Rc<RefCell<Seen>>,
}

impl<'w> Listener<'w> {
    pub(crate) fn new(world: &'w World, attention: Attention) -> Self {
        let seen = Seen { began_at: world.now(), ..Seen::default() };
        Listener { world, attention, seen: Rc::new(RefCell::new(seen)) }
    }

    pub(crate) fn seen(&self) -> Rc<RefCell<Seen>> {
        Rc::clone(&self.seen)
    }

    fn elapsed(&self) -> TimeDelta {
        self.world.now() - self.seen.borrow().began_at
    }
}

impl<'w> Responder for Listener<'w> {
    type Sink = Listener<'w>;

    async fn answer(self, response: Response) {
        let (parts, body) = response.into_parts();
        let mut sink = self.begin(http::Response::from_parts(parts, ()));
        let _ = sink.send(body).await;
    }

    fn begin(self, head: http::Response<()>) -> Self {
        let mut seen = self.seen.borrow_mut();
        seen.status = head.status();
        seen.headers = head.headers().clone();
        drop(seen);
        self
    }
}

impl BodySink for Listener<'_> {
    async fn send(&mut self, chunk: Bytes) -> Result<(), Disconnected> {
        if self.attention == Attention::Stalls {
            return std::future::pending().await;
        }
        if !self.is_connected() {
            return Err(Disconnected);
        }
        let text = String::from_utf8(chunk.to_vec()).expect("UTF-8");
        let at = self.elapsed();
        self.seen.borrow_mut().pieces.push((at, text));
        Ok(())
    }

    fn is_connected(&self) -> bool {
        match self.attention {
            Attention::LeavesAfter(time) => self.elapsed() < time,
            Attention::Stays | Attention::Stalls => true,
        }
    }

    fn abort(self) {
        panic!("a stream of changes ends, and is not broken off");
    }
}
