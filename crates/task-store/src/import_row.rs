//! An import and its keys as columns, and back. Knows no engine.

use serde::Serialize;

use crate::import::{Import, ImportKey, ImportState};
use crate::row::Row;
use crate::store::StoreError;

#[derive(Serialize)]
pub(crate) struct ImportColumns<'i> {
    id: String,
    format: &'i str,
    state: &'static str,
    read_bytes: u64,
    total_bytes: Option<u64>,
    records: u64,
    created: u64,
    duplicates: u64,
    failed: u64,
    errors: &'i str,
    started_at: i64,
    updated_at: i64,
}

#[derive(Serialize)]
pub(crate) struct KeyColumns<'i> {
    source: &'i str,
    uid: &'i str,
    insert: usize,
}

pub(crate) fn columns(import: &Import) -> ImportColumns<'_> {
    ImportColumns {
        id: import.id.to_string(),
        format: &import.format,
        state: import.state.as_str(),
        read_bytes: import.read_bytes,
        total_bytes: import.total_bytes,
        records: import.records,
        created: import.created,
        duplicates: import.duplicates,
        failed: import.failed,
        errors: &import.errors,
        started_at: import.started_at.timestamp_millis(),
        updated_at: import.updated_at.timestamp_millis(),
    }
}

pub(crate) fn key_columns(key: &ImportKey) -> KeyColumns<'_> {
    KeyColumns { source: &key.source, uid: &key.uid, insert: key.insert }
}

/// Reads id, format, state, read_bytes, total_bytes, records, created, duplicates, failed, errors,
/// started_at, updated_at; `None` where a join found no import.
pub(crate) fn read(row: &mut Row) -> Result<Option<Import>, StoreError> {
    let Some(id) = row.text_or_null("id")? else { return Ok(None) };
    let states = [ImportState::Running, ImportState::Done, ImportState::Failed];
    Ok(Some(Import {
        id: id.parse().map_err(|_| row.unreadable("id"))?,
        format: row.text("format")?,
        state: row.one_of("state", states, ImportState::as_str)?,
        read_bytes: row.number("read_bytes")?,
        total_bytes: row.number_or_null("total_bytes")?,
        records: row.number("records")?,
        created: row.number("created")?,
        duplicates: row.number("duplicates")?,
        failed: row.number("failed")?,
        errors: row.text("errors")?,
        started_at: row.instant("started_at")?,
        updated_at: row.instant("updated_at")?,
    }))
}
