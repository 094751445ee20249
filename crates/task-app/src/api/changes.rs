//! The change feed: what happened to a user's tasks since a sequence number.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use task_contracts::envelope::{CloudEvent, EventData};
use task_contracts::events::TaskSync;
use task_store::query::{Changes, StoredEvent};
use task_store::{Caller, Store};

use super::lists::within;
use super::{Call, answer, gone};
use crate::limits::{CHANGES_DEFAULT, CHANGES_MAX};
use crate::{Platform, Problem, Response, request};

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(default)]
pub(crate) struct ChangesQuery {
    /// The last `seq` the client has; 0 (the default) asks for all that is kept.
    after: u64,
    limit: Option<u32>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct ChangeFeed {
    changes: Vec<TaskSync>,
    /// The user's latest sequence number; more changes follow while the last one here is lower.
    seq: u64,
}

pub(crate) async fn changes<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let query: ChangesQuery = request::query(call.request)?;
    let limit = within("limit", query.limit, CHANGES_DEFAULT, CHANGES_MAX)?;
    let changes = call.platform.store().changes(caller, query.after, limit).await?;
    match changes.ok_or_else(gone)? {
        Changes::Reset { seq } => Err(Problem::cursor_too_old(seq)),
        Changes::Page { events, seq } => {
            let changes = events.into_iter().map(change).collect::<Result<_, _>>()?;
            Ok(answer::json(StatusCode::OK, &ChangeFeed { changes, seq }))
        }
    }
}

/// A stored event as an item of the feed.
pub(crate) fn change(stored: StoredEvent) -> Result<TaskSync, Problem> {
    let mut event = CloudEvent::parse(stored.body.as_bytes()).map_err(|error| {
        tracing::error!(event_id = %stored.id, %error, "a stored event cannot be read");
        Problem::unavailable()
    })?;
    event.assign(stored.number.0, stored.seq);
    match event.sync_copy().map(|copy| copy.data) {
        Some(EventData::Sync(sync)) => Ok(sync),
        _ => {
            tracing::error!(event_id = %stored.id, "a stored event is no change of a task");
            Err(Problem::unavailable())
        }
    }
}
