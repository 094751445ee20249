//! What a session keeps of its statements. Parsing and planning one anew costs the server several
//! times what running it does.

use deadpool_postgres::Object;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Error, Statement};

/// An application has some dozens. What never repeats must not fill the server's memory, where each
/// session has its own.
const MAX_KEPT: usize = 100;

/// Where the server finds that a kept statement does not fit its tables any more. It says so in the
/// words of its language, but names the place in the same way everywhere.
const REVALIDATION: &str = "RevalidateCachedQuery";

pub(super) async fn statement(session: &Object, text: &str) -> Result<Statement, Error> {
    let prepared = session.prepare_cached(text).await;
    if prepared.is_err() {
        forget(session, text);
    }
    // Whoever has one in hand goes on with it.
    if session.statement_cache.size() > MAX_KEPT {
        session.statement_cache.clear();
    }
    prepared
}

/// Whether the statement has not begun to run, because what was kept of it is of no use: a table
/// has another shape by now, or somebody discarded it.
pub(super) fn is_stale(error: &Error) -> bool {
    error.as_db_error().is_some_and(|reported| {
        *reported.code() == SqlState::INVALID_SQL_STATEMENT_NAME
            || *reported.code() == SqlState::FEATURE_NOT_SUPPORTED
                && reported.routine() == Some(REVALIDATION)
    })
}

pub(super) fn forget(session: &Object, text: &str) {
    session.statement_cache.remove(text, &[]);
}
