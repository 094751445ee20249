//! `secretstores.local.file`: a JSON document, read once at the start.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use dapr_protocol::secrets::Secret;
use serde_json::{Map, Value};

use crate::resources::{Component, ResourceError};

const DEFAULT_SEPARATOR: &str = ":";

pub(super) struct FileStore {
    secrets: BTreeMap<String, Secret>,
}

impl FileStore {
    /// Blocks on the file system.
    pub(super) fn read(component: &Component) -> Result<Self, ResourceError> {
        let Some(path) = component.setting("secretsFile")?.map(PathBuf::from) else {
            return Err(component.bad_setting("secretsFile", "", "the path of a JSON file"));
        };
        let separator = component.setting("nestedSeparator")?.unwrap_or(DEFAULT_SEPARATOR);
        let document = read_document(&path)?;
        let secrets = if component.flag("multiValued", false)? {
            several_each(&document, separator)
        } else {
            one_each(&document, separator)
        };
        Ok(Self { secrets })
    }

    pub(super) fn get(&self, name: &str) -> Option<Secret> {
        self.secrets.get(name).cloned()
    }

    pub(super) fn all(&self) -> BTreeMap<String, Secret> {
        self.secrets.clone()
    }
}

fn read_document(path: &Path) -> Result<Map<String, Value>, ResourceError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ResourceError::Read { path: path.to_owned(), source })?;
    serde_json::from_str(&text)
        .map_err(|source| ResourceError::SecretsFile { path: path.to_owned(), source })
}

/// Every leaf is a secret of its own, named by the way to it.
fn one_each(document: &Map<String, Value>, separator: &str) -> BTreeMap<String, Secret> {
    let mut leaves = Secret::new();
    flatten_members("", document, separator, &mut leaves);
    leaves.into_iter().map(|(name, value)| (name.clone(), Secret::from([(name, value)]))).collect()
}

/// Every member of the document is a secret; an object is one with several values.
fn several_each(document: &Map<String, Value>, separator: &str) -> BTreeMap<String, Secret> {
    let mut secrets = BTreeMap::new();
    for (name, value) in document {
        match value {
            Value::String(text) => {
                secrets.insert(name.clone(), Secret::from([(name.clone(), text.clone())]));
            }
            Value::Object(members) => {
                let mut values = Secret::new();
                flatten_members("", members, separator, &mut values);
                secrets.insert(name.clone(), values);
            }
            // Neither has a name for its value; Dapr leaves them out as well.
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {}
        }
    }
    secrets
}

fn flatten_members(way: &str, members: &Map<String, Value>, separator: &str, leaves: &mut Secret) {
    for (name, value) in members {
        flatten(&joined(way, name, separator), value, separator, leaves);
    }
}

fn flatten(way: &str, value: &Value, separator: &str, leaves: &mut Secret) {
    match value {
        Value::Object(members) => flatten_members(way, members, separator, leaves),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten(&joined(way, &index.to_string(), separator), item, separator, leaves);
            }
        }
        Value::String(text) => {
            leaves.insert(way.to_owned(), text.clone());
        }
        other => {
            leaves.insert(way.to_owned(), other.to_string());
        }
    }
}

fn joined(way: &str, name: &str, separator: &str) -> String {
    if way.is_empty() { name.to_owned() } else { format!("{way}{separator}{name}") }
}
