//! A `state.*` component as this sidecar serves it, whatever database its type names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use dapr_protocol::state::Concurrency;

use super::change::{Applied, Change, Condition, Entry, Together};
use super::error::StateStoreError;
use super::file::{FileStore, TableName};
use super::key::KeyPrefix;
use super::memory::MemoryStore;
use crate::config::SidecarConfig;
use crate::error::SidecarError;
use crate::resources::{Component, ResourceError};

const IN_MEMORY: &str = "state.in-memory";
const SQLITE: &str = "state.sqlite";

pub(crate) struct StateComponent {
    pub(super) keys: KeyPrefix,
    store: Store,
    stated: Component,
}

/// By name.
pub(crate) type OpenStates = BTreeMap<String, Arc<StateComponent>>;

enum Store {
    Memory(MemoryStore),
    File(FileStore),
}

impl StateComponent {
    /// Opens the store. Blocks on the file system.
    pub(crate) fn open(
        component: &Component,
        config: &SidecarConfig,
        data_dir: &Path,
    ) -> Result<Self, SidecarError> {
        let stated = component.setting("keyPrefix")?;
        let keys = KeyPrefix::read(stated, &component.name, &config.app_id, &config.environment)
            .map_err(|_| {
                let stated = stated.unwrap_or_default();
                component.bad_setting("keyPrefix", stated, "a prefix without ||")
            })?;
        let store = match place(component, data_dir)? {
            None => Store::Memory(MemoryStore::default()),
            Some(file) => Store::File(FileStore::open(&file, &table(component)?)?),
        };
        Ok(Self { keys, store, stated: component.clone() })
    }

    /// Whether this is what opening the component would give, with the values that are in it.
    pub(crate) fn serves(&self, component: &Component) -> bool {
        self.stated.is_like(component)
    }

    pub(super) async fn read(
        &self,
        keys: Vec<String>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Option<Entry>>, StateStoreError> {
        match &self.store {
            Store::Memory(store) => Ok(store.read(&keys, now)),
            Store::File(store) => store.read(keys, now).await,
        }
    }

    pub(super) async fn apply(
        &self,
        changes: Vec<Change>,
        together: Together,
        now: DateTime<Utc>,
    ) -> Result<Vec<Applied>, StateStoreError> {
        match &self.store {
            Store::Memory(store) => Ok(store.apply(changes, together, now)),
            Store::File(store) => store.apply(changes, together, now).await,
        }
    }

    /// A condition on a deletion. Where no etag is stated, Dapr's two components differ.
    pub(super) fn condition_of_delete(
        &self,
        etag: Option<&str>,
        concurrency: Concurrency,
    ) -> Condition {
        match (&self.store, Condition::of_put(etag, concurrency)) {
            (Store::File(_), Condition::Absent) => Condition::None,
            (_, condition) => condition,
        }
    }
}

/// Tells, once, which components keep their name and settings but not their database.
pub(crate) fn warn_about_other_databases(components: &[Component]) {
    let others: Vec<String> = components
        .iter()
        .filter(|it| it.building_block() == "state")
        .filter(|it| ![IN_MEMORY, SQLITE].contains(&it.component_type.as_str()))
        .map(|it| format!("{} ({})", it.name, it.component_type))
        .collect();
    if !others.is_empty() {
        tracing::warn!(
            components = others.join(", "),
            "these state components are served from a file of their own, not by their database"
        );
    }
}

/// The file; `None` for memory.
fn place(component: &Component, data_dir: &Path) -> Result<Option<PathBuf>, ResourceError> {
    match component.component_type.as_str() {
        IN_MEMORY => Ok(None),
        SQLITE => {
            let stated = component.setting("connectionString")?.unwrap_or_default();
            if stated.is_empty() {
                return Err(component.bad_setting("connectionString", "", "the path of a file"));
            }
            Ok(sqlite_file(stated))
        }
        _ => Ok(Some(data_dir.join(format!("state-{}.db", file_part(&component.name))))),
    }
}

/// The file of a connection string such as `data.db` or `file:data.db?cache=shared`.
fn sqlite_file(connection: &str) -> Option<PathBuf> {
    let path = connection.strip_prefix("file:").unwrap_or(connection);
    let (path, options) = path.split_once('?').unwrap_or((path, ""));
    let is_in_memory = path == ":memory:" || options.split('&').any(|it| it == "mode=memory");
    (!is_in_memory).then(|| PathBuf::from(path))
}

fn table(component: &Component) -> Result<TableName, ResourceError> {
    if component.component_type != SQLITE {
        return Ok(TableName::default());
    }
    component.parsed("tableName", "an identifier", TableName::default(), TableName::parse)
}

/// A component's name as a part of a file's name. Names that differ stay different.
fn file_part(name: &str) -> String {
    let mut part = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            'a'..='z' | '0'..='9' | '-' | '_' => part.push(c),
            other => part.push_str(&format!("%{:x}", u32::from(other))),
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_names_a_file_or_memory() {
        assert_eq!(sqlite_file("data.db"), Some(PathBuf::from("data.db")));
        assert_eq!(sqlite_file("file:/a/b.db?cache=shared"), Some(PathBuf::from("/a/b.db")));
        assert_eq!(sqlite_file(":memory:"), None);
        assert_eq!(sqlite_file("file:x?mode=memory"), None);
    }

    #[test]
    fn different_components_have_different_files() {
        assert_eq!(file_part("state-store"), "state-store");
        assert_eq!(file_part("../x"), "%2e%2e%2fx");
        assert_ne!(file_part("A"), file_part("a"));
    }
}
