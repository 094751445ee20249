//! A stream of server-sent events as a browser reads it. Knows the format, and nothing of tasks.

use std::io::{BufRead, BufReader};

use http::Request;
use serde_json::Value;
use ureq::{Agent, BodyReader};

use crate::client::{Client, Unanswered};
use crate::wait::PATIENCE;

/// One connection; dropping it hangs up. The events come in the order of the stream, which ends
/// when the app ends it or goes away.
pub struct EventStream {
    lines: BufReader<BodyReader<'static>>,
}

/// What stood between two blank lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StreamedEvent {
    pub id: Option<u64>,
    /// Empty for one that a browser would not raise.
    pub name: String,
    pub data: Value,
}

impl Client {
    /// Opens a stream, and panics with the answer that came instead of one.
    #[track_caller]
    pub fn follow(&self, path: &str, last_event_id: Option<u64>) -> EventStream {
        self.try_follow(path, last_event_id)
            .unwrap_or_else(|Unanswered(cause)| panic!("GET {path} gave no stream: {cause}"))
    }

    /// Opens a stream of an app that may be away.
    pub fn try_follow(
        &self,
        path: &str,
        last_event_id: Option<u64>,
    ) -> Result<EventStream, Unanswered> {
        let mut request = Request::get(format!("{}{path}", self.url()));
        request = request.header("accept", "text/event-stream");
        if !self.token().is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token()));
        }
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id.to_string());
        }
        let config = Agent::config_builder()
            .timeout_recv_response(Some(PATIENCE))
            .timeout_recv_body(Some(PATIENCE))
            .build();
        let request = request.body(()).unwrap_or_else(|error| panic!("{error}"));
        // An agent of its own: what is hung up must not be used again.
        let answer = config.new_agent().run(request);
        let answer = answer.map_err(|error| Unanswered(error.to_string()))?;
        Ok(EventStream { lines: BufReader::new(answer.into_body().into_reader()) })
    }
}

impl Iterator for EventStream {
    type Item = StreamedEvent;

    /// Waits for the next event; heartbeats are passed over.
    fn next(&mut self) -> Option<StreamedEvent> {
        let mut event = StreamedEvent::default();
        let mut is_bare = true;
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).ok()? == 0 {
                // Whatever has no blank line after it was cut off.
                return None;
            }
            match line.trim_end().split_once(": ") {
                Some(("id", id)) => event.id = id.parse().ok(),
                Some(("event", name)) => event.name = name.to_owned(),
                Some(("data", data)) => event.data = serde_json::from_str(data).ok()?,
                Some(_) => {}
                None if line == "\n" && !is_bare => return Some(event),
                None => continue,
            }
            is_bare = false;
        }
    }
}
