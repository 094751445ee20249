//! Retention: what is done with goes, a bounded number of rows at a time, and so does what ended
//! accounts leave behind.

use crate::db::{Db, Value};
use crate::operations::Retention;
use crate::row;
use crate::sql::engine::Engine;
use crate::sql::instant;
use crate::sql::statement::Repeat;
use crate::store::StoreError;

/// Where a user has rows, and what tells these apart. Events come first: as long as one is left,
/// the account counts as one that may have something to tell.
const TABLES_OF_USERS: [(&str, &str); 8] = [
    ("events", "position"),
    ("tasks", "number"),
    ("successions", "series_id, occurrence"),
    ("reminders", "number, version, n"),
    ("deliveries", "place"),
    ("idempotency", "place"),
    ("imports", "id"),
    ("import_keys", "source, uid"),
];

/// One statement for each table: no row of one hangs on a row of another.
pub(super) async fn sweep<D: Db>(
    engine: &Engine<D>,
    retention: Retention,
) -> Result<u64, StoreError> {
    let statements = [
        (include_str!("../sqlite/sweep_events.sql"), retention.events_before),
        (include_str!("../sqlite/sweep_inbox.sql"), retention.events_before),
        (include_str!("../sqlite/sweep_idempotency.sql"), retention.idempotency_before),
        (include_str!("../sqlite/sweep_changes.sql"), retention.idempotency_before),
        (include_str!("../sqlite/sweep_throttles.sql"), retention.idempotency_before),
        (include_str!("../sqlite/sweep_deliveries.sql"), retention.history_before),
        (include_str!("../sqlite/sweep_imports.sql"), retention.history_before),
        (include_str!("../sqlite/sweep_letters.sql"), retention.history_before),
    ];
    let mut removed = 0;
    for (statement, before) in statements {
        let params = [instant(before), Value::Integer(retention.batch.into())];
        removed += engine.run_text(statement, Repeat::Harmless, &params).await?.rows.len();
    }
    removed += erase_ended(engine, retention.batch).await?;
    Ok(u64::try_from(removed).unwrap_or(u64::MAX))
}

/// The account's own row goes last, when a sweep found nothing else of it.
async fn erase_ended<D: Db>(engine: &Engine<D>, batch: u32) -> Result<usize, StoreError> {
    let ended = engine
        .run_text(
            include_str!("../sqlite/ended_users.sql"),
            Repeat::Harmless,
            &[Value::Integer(batch.into())],
        )
        .await?;
    let mut removed = 0;
    for mut ended in row::rows("users", ended) {
        let user = Value::Text(ended.text("id")?);
        let erased = erase_rows(engine, &user, batch).await?;
        if erased == 0 {
            removed += engine
                .run_text(include_str!("../sqlite/erase_user.sql"), Repeat::Harmless, &[user])
                .await?
                .rows
                .len();
        }
        removed += erased;
        if removed >= usize::try_from(batch).unwrap_or(usize::MAX) {
            break;
        }
    }
    Ok(removed)
}

async fn erase_rows<D: Db>(
    engine: &Engine<D>,
    user: &Value,
    batch: u32,
) -> Result<usize, StoreError> {
    let params = [user.clone(), Value::Integer(batch.into())];
    let mut erased = 0;
    for (table, key) in TABLES_OF_USERS {
        let statement = include_str!("../sqlite/erase_rows.sql")
            .replace("{table}", table)
            .replace("{key}", key);
        erased += engine.run_text(&statement, Repeat::Harmless, &params).await?.rows.len();
    }
    Ok(erased)
}
