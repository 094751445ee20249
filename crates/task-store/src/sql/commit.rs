//! The unit of work: the same document for every dialect, and each one's own way to be told what
//! came of it.

mod postgres;
mod sqlite;

use crate::change_set::{ChangeSet, CommitOutcome};
use crate::db::{Db, DbError, Value};
use crate::document::Document;
use crate::sql::Dialect;
use crate::sql::engine::Engine;
use crate::store::StoreError;

pub(super) async fn commit<D: Db>(
    engine: &Engine<D>,
    change_set: &ChangeSet,
) -> Result<CommitOutcome, StoreError> {
    let document = json(&Document::of(change_set))?;
    match engine.dialect() {
        Dialect::Sqlite => sqlite::commit(engine, change_set, document).await,
        Dialect::Postgres => postgres::commit(engine, change_set, document).await,
    }
}

pub(super) fn json<T: serde::Serialize>(document: &T) -> Result<Value, StoreError> {
    let json = serde_json::to_string(document).map_err(|it| DbError::Refused(it.to_string()))?;
    Ok(Value::Text(json))
}
