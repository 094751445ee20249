//! Files, the documents in them, and which app they are for. Knows the frame of a resource only.

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

use super::ResourceError;
use super::files::File;

/// Where a resource stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    file: PathBuf,
    /// Counted from 1, as people do.
    document: usize,
}

/// A resource before its `spec` is understood.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) api_version: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) scopes: Vec<String>,
    /// Where secrets that the resource refers to come from.
    pub(super) secret_store: String,
    pub(super) spec: Value,
    pub(super) origin: Origin,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Frame {
    api_version: String,
    kind: String,
    #[serde(default)]
    metadata: FrameMetadata,
    #[serde(default)]
    spec: Value,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    auth: FrameAuth,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FrameAuth {
    #[serde(default)]
    secret_store: String,
}

#[derive(Default, Deserialize)]
struct FrameMetadata {
    #[serde(default)]
    name: String,
}

impl Document {
    /// Without scopes a resource is for every app.
    pub(super) fn is_for(&self, app_id: &str) -> bool {
        self.scopes.is_empty() || self.scopes.iter().any(|scope| scope == app_id)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (document {})", self.file.display(), self.document)
    }
}

/// The documents of a file; empty ones are skipped.
pub(super) fn read_documents(file: &File) -> Result<Vec<Document>, ResourceError> {
    let mut documents = Vec::new();
    for (index, yaml) in serde_norway::Deserializer::from_str(&file.text).enumerate() {
        let origin = Origin { file: file.path.clone(), document: index + 1 };
        let value = Value::deserialize(yaml)
            .map_err(|source| ResourceError::Yaml { origin: origin.clone(), source })?;
        if value.is_null() {
            continue;
        }
        let Frame { api_version, kind, metadata, spec, scopes, auth } =
            serde_json::from_value(value)
                .map_err(|source| ResourceError::Shape { origin: origin.clone(), source })?;
        let (name, secret_store) = (metadata.name, auth.secret_store);
        documents.push(Document { api_version, kind, name, scopes, secret_store, spec, origin });
    }
    Ok(documents)
}
