//! Where in the changes a stream begins.

use http::HeaderName;
use serde::Deserialize;

use crate::request::text_header;
use crate::{Problem, Request};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(default)]
pub(crate) struct SyncQuery {
    /// The last `seq` the client has. Without it, and without the header `Last-Event-ID`, the
    /// stream begins with the next change.
    pub(super) after: Option<u64>,
    /// In place of an access token, where no header can be sent.
    pub(super) ticket: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    Now,
    After(u64),
}

impl Position {
    /// The header counts for more than the query: a browser that comes back repeats the address it
    /// began with, and says in the header how far it got since.
    pub(super) fn of(request: &Request, query: &SyncQuery) -> Result<Self, Problem> {
        let last = text_header(request, &LAST_EVENT_ID)?.filter(|text| !text.is_empty());
        let after = match last {
            Some(text) => Some(text.parse().map_err(|_| {
                Problem::invalid_field("Last-Event-ID", "the id of an event of this stream")
            })?),
            None => query.after,
        };
        Ok(after.map_or(Position::Now, Position::After))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(last_event_id: Option<&str>, after: Option<u64>) -> Result<Position, u16> {
        let mut request = http::Request::get("/api/me/sync");
        if let Some(id) = last_event_id {
            request = request.header(LAST_EVENT_ID, id);
        }
        let request = request.body(bytes::Bytes::new()).expect("a request");
        let query = SyncQuery { after, ticket: None };
        Position::of(&request, &query).map_err(|problem| problem.status())
    }

    #[test]
    fn a_stream_goes_on_where_the_client_says_it_was() {
        assert_eq!(position(None, None), Ok(Position::Now));
        assert_eq!(position(None, Some(0)), Ok(Position::After(0)));
        assert_eq!(position(Some("7"), None), Ok(Position::After(7)));
        assert_eq!(position(Some("7"), Some(3)), Ok(Position::After(7)));
        // What a browser sends that has seen no id yet.
        assert_eq!(position(Some(""), Some(3)), Ok(Position::After(3)));
        assert_eq!(position(Some("seven"), None), Err(422));
    }
}
