//! What a `spin.toml` says: the application, its variables, components and HTTP triggers.
//!
//! It is the file as a value. It does not resolve variables, open components or know a route's
//! precedence.

mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::strict_toml::Faults;

/// A `spin_manifest_version = 2` application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub name: String,
    pub version: String,
    pub variables: BTreeMap<String, VariableDeclaration>,
    pub components: BTreeMap<String, ComponentManifest>,
    /// In file order, because of two equal routes the last one wins.
    pub triggers: Vec<HttpTrigger>,
}

/// An application variable: it has a default or the operator must supply it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableDeclaration {
    pub default: Option<String>,
    pub secret: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentManifest {
    pub id: String,
    /// Absolute, or relative to the manifest's folder.
    pub source: PathBuf,
    pub environment: BTreeMap<String, String>,
    /// Values may hold `{{ application_variable }}`.
    pub variables: BTreeMap<String, String>,
    /// Entries may hold `{{ application_variable }}`.
    pub allowed_outbound_hosts: Vec<String>,
    pub sqlite_databases: Vec<String>,
    pub key_value_stores: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpTrigger {
    pub route: TriggerRoute,
    pub component: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TriggerRoute {
    Public(String),
    /// Reachable by other components only, as `<component>.spin.internal`.
    Private,
}

#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("cannot read the manifest {path}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("the manifest {path} is not TOML")]
    Syntax { path: PathBuf, source: Box<toml::de::Error> },
    #[error("the manifest {path} has faults:\n{faults}")]
    Faults { path: PathBuf, faults: Faults },
}

impl Manifest {
    pub fn load(path: &Path) -> Result<Self, ManifestError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ManifestError::Read { path: path.to_owned(), source })?;
        Self::parse(&text, path)
    }

    /// Reads `text`; `path` appears in errors only.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ManifestError> {
        let table = text.parse().map_err(|source| ManifestError::Syntax {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        read::manifest(table)
            .map_err(|faults| ManifestError::Faults { path: path.to_owned(), faults })
    }
}
