//! One device's stream: polls the change feed and passes on what is new, until somebody leaves.
//!
//! There is no memory that instances share, so the database is the place where a stream and the
//! writers of other instances meet. Between two looks at it a stream holds no connection.

use std::pin::pin;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::{Either, select};
use http::{HeaderName, HeaderValue, header};
use task_store::query::Changes;
use task_store::{Caller, Store};

use super::admission::admit;
use super::frame;
use super::position::{Position, SyncQuery};
use crate::limits::{
    CHANGES_DEFAULT, SYNC_HEARTBEAT, SYNC_LIFETIME, SYNC_POLL_INTERVAL, SYNC_STALLED_AFTER,
};
use crate::ports::{BodySink, Disconnected, Responder};
use crate::{Platform, Problem, Request, Settings, api, request};

const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// A stream whose first words are known.
pub(super) struct Stream<'p, P> {
    platform: &'p P,
    caller: Caller,
    /// What the client has, once `frames` are sent.
    position: u64,
    frames: String,
    ends_at: DateTime<Utc>,
}

/// Where the changes stand after a look at them.
struct Look {
    position: u64,
    /// Empty when nothing is new.
    frames: String,
    /// Whether there is probably more than one look shows.
    is_full: bool,
}

/// Everything that can go wrong with a stream is found out here, while it can still be told.
pub(super) async fn open<'p, P: Platform>(
    platform: &'p P,
    settings: &Settings,
    request: &Request,
    path_user: &str,
) -> Result<Stream<'p, P>, Problem> {
    let query: SyncQuery = request::query(request)?;
    let position = Position::of(request, &query)?;
    let admission = admit(platform, settings, request, query.ticket.as_deref(), path_user).await?;
    let ends_at = platform.now() + lifetime(platform);
    let mut stream = Stream {
        platform,
        caller: admission.caller,
        position: 0,
        frames: String::new(),
        ends_at: admission.until.map_or(ends_at, |until| until.min(ends_at)),
    };
    match position {
        Position::Now => stream.begin_now().await?,
        Position::After(seq) => stream.begin_after(seq).await?,
    }
    Ok(stream)
}

/// A little less than the longest for most, so that streams that began together, after a restart,
/// do not all end together.
fn lifetime<P: Platform>(platform: &P) -> TimeDelta {
    let mut chance = [0; 1];
    platform.fill_random(&mut chance);
    SYNC_LIFETIME * i32::from(u8::MAX - chance[0] / 8) / i32::from(u8::MAX)
}

impl<P: Platform> Stream<'_, P> {
    async fn begin_now(&mut self) -> Result<(), Problem> {
        // No change has the last number there is, so all that comes back is the current one.
        let changes = self.platform.store().changes(self.caller, u64::MAX, 1).await?;
        self.position = match changes.ok_or_else(api::gone)? {
            Changes::Reset { seq } | Changes::Page { seq, .. } => seq,
        };
        self.frames = frame::opening(self.position);
        Ok(())
    }

    async fn begin_after(&mut self, seq: u64) -> Result<(), Problem> {
        self.position = seq;
        let look = self.look().await?.ok_or_else(api::gone)?;
        self.position = look.position;
        self.frames = frame::opening(seq) + &look.frames;
        Ok(())
    }

    /// Goes on until the client, the account or the time is gone.
    pub(super) async fn run(mut self, responder: impl Responder) {
        let mut sink = responder.begin(head());
        let mut sent_at = self.platform.now();
        let mut frames = std::mem::take(&mut self.frames);
        loop {
            if frames.is_empty() && self.platform.now() - sent_at >= SYNC_HEARTBEAT {
                frames.push_str(frame::HEARTBEAT);
            }
            if !frames.is_empty() {
                let sent = self.send(&mut sink, std::mem::take(&mut frames)).await;
                if sent.is_err() {
                    return;
                }
                sent_at = self.platform.now();
            }
            match self.next_frames(&sink).await {
                Some(next) => frames = next,
                None => return,
            }
        }
    }

    /// What to send after a pause; `None` when the stream is over.
    async fn next_frames(&mut self, sink: &impl BodySink) -> Option<String> {
        self.platform.sleep(SYNC_POLL_INTERVAL).await;
        let mut frames = String::new();
        loop {
            if self.platform.now() >= self.ends_at || !sink.is_connected() {
                return None;
            }
            match self.look().await {
                Ok(Some(look)) => {
                    self.position = look.position;
                    frames.push_str(&look.frames);
                    if !look.is_full {
                        return Some(frames);
                    }
                }
                // The account is deleted, or its password was changed since the token was given.
                Ok(None) => return None,
                // The cause is logged where it was met. The client comes back, to another answer.
                Err(_) => return None,
            }
        }
    }

    /// `None` when the caller's account is gone, or the token no longer of its epoch.
    async fn look(&self) -> Result<Option<Look>, Problem> {
        let store = self.platform.store();
        let changes = store.changes(self.caller, self.position, CHANGES_DEFAULT).await?;
        let Some(changes) = changes else { return Ok(None) };
        Ok(Some(match changes {
            Changes::Reset { seq } => {
                Look { position: seq, frames: frame::reset(seq), is_full: false }
            }
            Changes::Page { events, .. } => {
                let is_full = events.len() >= CHANGES_DEFAULT as usize;
                let mut look = Look { position: self.position, frames: String::new(), is_full };
                for event in events {
                    look.position = event.seq;
                    let change = api::change(event)?;
                    frame::push_change(&mut look.frames, &change).map_err(|error| {
                        tracing::error!(%error, "a change could not be written as JSON");
                        Problem::unavailable()
                    })?;
                }
                look
            }
        }))
    }

    /// A client that takes nothing for too long is as good as gone.
    async fn send(&self, sink: &mut impl BodySink, frames: String) -> Result<(), Disconnected> {
        let sending = pin!(sink.send(Bytes::from(frames)));
        let stalled = pin!(self.platform.sleep(SYNC_STALLED_AFTER));
        match select(sending, stalled).await {
            Either::Left((sent, _)) => sent,
            Either::Right(((), _)) => Err(Disconnected),
        }
    }
}

fn head() -> http::Response<()> {
    let mut head = http::Response::new(());
    let headers = head.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that collects a page before it passes it on would collect for ever.
    headers.insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
    head
}
