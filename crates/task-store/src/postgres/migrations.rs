//! Brings a database's schema up to this release's. Knows nothing of what the tables mean.

use crate::db::{Db, DbError, Rows, Value};
use crate::postgres::failure::{self, Failure};

/// Every step from an empty database on; a step is never edited once released. Each is what its
/// frame (`migrations/step.sql`) makes one statement of.
pub const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_tables.sql"),
    include_str!("migrations/0002_unit_of_work.sql"),
    include_str!("migrations/0003_accounts.sql"),
    include_str!("migrations/0004_operations.sql"),
];

const FRAME: &str = include_str!("migrations/step.sql");

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Migration {
    /// The schema is this release's, or a later one's.
    NotNeeded,
    /// It was of the earlier version; 0 is an empty database.
    Done { from: usize },
}

/// Applies what is missing. Whoever comes second waits for the first and finds nothing to do.
pub async fn migrate<D: Db>(db: &D) -> Result<Migration, DbError> {
    let version = schema_version(db).await?;
    let missing = MIGRATIONS.iter().enumerate().skip(version);
    for (step, body) in missing {
        db.run(&statement(step + 1, body), &[]).await.map_err(explained)?;
    }
    Ok(if version < MIGRATIONS.len() {
        Migration::Done { from: version }
    } else {
        Migration::NotNeeded
    })
}

/// The one statement that takes a database of the version before to this one, and leaves every
/// other one as it is.
fn statement(version: usize, body: &str) -> String {
    FRAME.replace("{version}", &version.to_string()).replace("{body}", body)
}

async fn schema_version<D: Db>(db: &D) -> Result<usize, DbError> {
    match db.run(include_str!("schema_version.sql"), &[]).await.map_err(failure::of) {
        Ok(rows) => version_in(&rows),
        // Nothing is there yet.
        Err(Failure::SchemaLacks(_)) => Ok(0),
        Err(failure) => Err(failure.into()),
    }
}

fn version_in(rows: &Rows) -> Result<usize, DbError> {
    match rows.rows.first().and_then(|row| row.first()) {
        Some(Value::Integer(version)) => Ok(usize::try_from(*version).unwrap_or(0)),
        _ => Err(DbError::Refused("taskmaster.schema_version is not readable".to_owned())),
    }
}

/// Who may use the tables need not be allowed to make them.
fn explained(error: DbError) -> DbError {
    if failure::is_not_allowed(&error) {
        let advice = "the schema is behind and this role may not change it: run `cargo xtask \
                      migrate` with the connection string of its owner";
        return DbError::Refused(format!("{error} ({advice})"));
    }
    failure::of(error).into()
}
