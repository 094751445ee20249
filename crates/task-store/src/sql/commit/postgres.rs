//! The unit of work on PostgreSQL: one call, and its outcome in the row that it answers.

use task_domain::TaskNumber;

use crate::change_set::{ChangeSet, CommitOutcome, Committed, StoredAnswer};
use crate::db::{Db, Value};
use crate::row::{self, Row};
use crate::sql::engine::Engine;
use crate::sql::statement::Repeat;
use crate::store::StoreError;

const COMMIT_CHANGE_SET: &str = include_str!("../../postgres/commit_change_set.sql");

pub(super) async fn commit<D: Db>(
    engine: &Engine<D>,
    change_set: &ChangeSet,
    document: Value,
) -> Result<CommitOutcome, StoreError> {
    let rows = engine.run_text(COMMIT_CHANGE_SET, Repeat::Harmless, &[document]).await?;
    outcome(&mut row::only("changes", rows)?, change_set)
}

/// Reads outcome, first_number, retry_after_ms, body_hash, status, body, number.
fn outcome(row: &mut Row, change_set: &ChangeSet) -> Result<CommitOutcome, StoreError> {
    let outcome = row.text("outcome")?;
    let first = row.number_or_null("first_number")?;
    let retry_after_ms = row.number_or_null("retry_after_ms")?;
    Ok(match outcome.as_str() {
        "committed" => CommitOutcome::Committed(committed(first, change_set)),
        "conflict" => CommitOutcome::Conflict,
        "already_consumed" => CommitOutcome::AlreadyConsumed,
        "already_answered" => CommitOutcome::AlreadyAnswered(answer(row)?),
        // A bucket that nothing refills gives NULL: never.
        "rate_limited" => {
            CommitOutcome::RateLimited { retry_after_ms: retry_after_ms.unwrap_or(u64::MAX) }
        }
        "gone" => CommitOutcome::Gone,
        _ => return Err(row.unreadable("outcome")),
    })
}

fn committed(first: Option<u32>, change_set: &ChangeSet) -> Committed {
    let numbers = first.into_iter().flat_map(|it| it..).map(TaskNumber);
    Committed { numbers: numbers.take(change_set.inserts.len()).collect() }
}

fn answer(row: &mut Row) -> Result<StoredAnswer, StoreError> {
    Ok(StoredAnswer {
        body_hash: row.text("body_hash")?,
        status: row.number("status")?,
        body: row.text_or_null("body")?,
        number: row.number_or_null("number")?.map(TaskNumber),
    })
}
