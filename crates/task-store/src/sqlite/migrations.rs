//! Brings a database's schema up to this release's, in place. Knows nothing of what the tables
//! mean.

use crate::db::{Db, DbError, Value};
use crate::sqlite::refold;

/// Every step from an empty database on; a step is never edited once released. It ends by setting
/// `user_version` to its own place in this list, counted from 1.
pub const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_accounts_and_tasks.sql"),
    include_str!("migrations/0002_outbox.sql"),
    include_str!("migrations/0003_records_of_work.sql"),
    include_str!("migrations/0004_reminders_and_deliveries.sql"),
    include_str!("migrations/0005_task_changes.sql"),
    include_str!("migrations/0006_unit_of_work.sql"),
    include_str!("migrations/0007_runs_of_events.sql"),
];

/// The first version whose tasks carry their search text as this release folds it.
const FOLDED_IN: usize = 6;

/// A line of its own between two statements: a trigger's body is full of semicolons.
const STATEMENT_SEPARATOR: &str = "\n----\n";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Migration {
    /// The schema is this release's, or a later one's.
    NotNeeded,
    Done,
}

/// The statements of a step, in order. Hosts run one statement at a time.
pub fn statements(migration: &str) -> impl Iterator<Item = &str> {
    migration.split(STATEMENT_SEPARATOR)
}

/// Applies what is missing. Whoever comes second waits for the first and finds nothing to do.
pub(crate) async fn migrate<D: Db>(db: &D) -> Result<Migration, DbError> {
    if schema_version(db).await? >= MIGRATIONS.len() {
        return Ok(Migration::NotNeeded);
    }
    write_ahead(db).await;
    db.run("BEGIN IMMEDIATE", &[]).await?;
    let applied = apply_missing(db).await;
    let end = if applied.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = db.run(end, &[]).await;
    let migration = applied?;
    ended?;
    // Again, in case that others who migrate stood in the way before.
    write_ahead(db).await;
    Ok(migration)
}

/// Lets readers and the writer pass each other. The mode is a property of the file and cannot be
/// set inside a transaction. It changes no outcome, so a refusal is none either: a server keeps a
/// journal of its own, and another connection may be just about to set it.
async fn write_ahead<D: Db>(db: &D) {
    let _refused = db.run("PRAGMA journal_mode = WAL", &[]).await;
}

async fn apply_missing<D: Db>(db: &D) -> Result<Migration, DbError> {
    // Read again: between the first look and the lock another connection may have done it all.
    let version = schema_version(db).await?;
    let missing = MIGRATIONS.get(version..).unwrap_or_default();
    for statement in missing.iter().copied().flat_map(statements) {
        db.run(statement, &[]).await?;
    }
    if version < FOLDED_IN {
        refold::refold(db).await?;
    }
    Ok(if missing.is_empty() { Migration::NotNeeded } else { Migration::Done })
}

async fn schema_version<D: Db>(db: &D) -> Result<usize, DbError> {
    let rows = db.run(include_str!("schema_version.sql"), &[]).await?;
    match rows.rows.first().and_then(|it| it.first()) {
        Some(Value::Integer(version)) => Ok(usize::try_from(*version).unwrap_or(0)),
        _ => Err(DbError::Refused("user_version is not readable".to_owned())),
    }
}
