//! Imports: how far they are, and which records they have brought.

use std::collections::HashSet;

use task_domain::UserId;
use uuid::Uuid;

use crate::caller::Caller;
use crate::db::{Db, Value};
use crate::import::Import;
use crate::import_row;
use crate::row;
use crate::sql::commit::json;
use crate::sql::engine::Engine;
use crate::sql::statement::statement;
use crate::sql::{epoch, text};
use crate::store::StoreError;

pub(super) async fn known_keys<D: Db>(
    engine: &Engine<D>,
    user: UserId,
    source: &str,
    uids: &[String],
) -> Result<HashSet<String>, StoreError> {
    if uids.is_empty() {
        return Ok(HashSet::new());
    }
    let params = [text(user), text(source), json(&uids)?];
    let rows = engine.run(statement!(Harmless, "known_import_keys"), &params).await?;
    row::rows("import_keys", rows).map(|mut row| row.text("uid")).collect()
}

pub(super) async fn put<D: Db>(
    engine: &Engine<D>,
    user: UserId,
    import: &Import,
) -> Result<(), StoreError> {
    let params = [text(user), json(&import_row::columns(import))?];
    engine.run(statement!(Harmless, "put_import"), &params).await?;
    Ok(())
}

pub(super) async fn by_id<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
    id: Uuid,
) -> Result<Option<Option<Import>>, StoreError> {
    let params = [text(caller.user), epoch(caller), text(id)];
    let rows = engine.run(statement!(Harmless, "import"), &params).await?;
    row::first("imports", rows).map(|mut row| import_row::read(&mut row)).transpose()
}

pub(super) async fn latest<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
    limit: u32,
) -> Result<Option<Vec<Import>>, StoreError> {
    let params = [text(caller.user), epoch(caller), Value::Integer(limit.into())];
    let rows = engine.run(statement!(Harmless, "imports"), &params).await?;
    if rows.rows.is_empty() {
        return Ok(None);
    }
    let imports = row::rows("imports", rows).map(|mut row| import_row::read(&mut row));
    imports.filter_map(Result::transpose).collect::<Result<_, _>>().map(Some)
}
