//! Retention: what is done with goes, a bounded number of rows at a time, and so does what ended
//! accounts leave behind.

use crate::db::{Db, Value};
use crate::operations::Retention;
use crate::row;
use crate::sql::Dialect;
use crate::sql::engine::Engine;
use crate::sql::instant;
use crate::sql::statement::{Repeat, Statement, statement};
use crate::store::StoreError;

const ERASE_ROWS: &str = include_str!("../sqlite/erase_rows.sql");
const ERASE_USER: &str = include_str!("../sqlite/erase_user.sql");
const ERASE_ACCOUNT: &str = include_str!("../postgres/erase_account.sql");

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
    let statements: [(Statement, _); 8] = [
        (statement!(Harmless, "sweep_events"), retention.events_before),
        (statement!(Harmless, "sweep_inbox"), retention.events_before),
        (statement!(Harmless, "sweep_idempotency"), retention.idempotency_before),
        (statement!(Harmless, "sweep_changes"), retention.idempotency_before),
        (statement!(Harmless, "sweep_throttles"), retention.idempotency_before),
        (statement!(Harmless, "sweep_deliveries"), retention.history_before),
        (statement!(Harmless, "sweep_imports"), retention.history_before),
        (statement!(Harmless, "sweep_letters"), retention.history_before),
    ];
    let mut removed = 0;
    for (statement, before) in statements {
        let params = [instant(before), Value::Integer(retention.batch.into())];
        removed += engine.run(statement, &params).await?.rows.len();
    }
    removed += erase_ended(engine, retention.batch).await?;
    Ok(u64::try_from(removed).unwrap_or(u64::MAX))
}

async fn erase_ended<D: Db>(engine: &Engine<D>, batch: u32) -> Result<usize, StoreError> {
    let bound = Value::Integer(batch.into());
    let ended =
        engine.run(statement!(Harmless, "ended_users"), std::slice::from_ref(&bound)).await?;
    let mut removed = 0;
    for mut ended in row::rows("users", ended) {
        let params = [Value::Text(ended.text("id")?), bound.clone()];
        removed += match engine.dialect() {
            Dialect::Sqlite => erase_by_table(engine, &params).await?,
            Dialect::Postgres => {
                engine.run_text(ERASE_ACCOUNT, Repeat::Harmless, &params).await?.rows.len()
            }
        };
        if removed >= usize::try_from(batch).unwrap_or(usize::MAX) {
            break;
        }
    }
    Ok(removed)
}

/// The account's own row goes last, when nothing else of it was found. Takes user and rows.
async fn erase_by_table<D: Db>(
    engine: &Engine<D>,
    params: &[Value; 2],
) -> Result<usize, StoreError> {
    let mut erased = 0;
    for (table, key) in TABLES_OF_USERS {
        let statement = ERASE_ROWS.replace("{table}", table).replace("{key}", key);
        erased += engine.run_text(&statement, Repeat::Harmless, params).await?.rows.len();
    }
    if erased == 0 {
        let user = &params[..1];
        erased = engine.run_text(ERASE_USER, Repeat::Harmless, user).await?.rows.len();
    }
    Ok(erased)
}
