//! The runtime configuration file: what the operator maps the application's names to.
//!
//! It is the file as a value, read as strictly as Spin reads it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::strict_toml::{Faults, TableReader};
use crate::variables::{ENVIRONMENT_PREFIX, VariableProvider};

#[derive(Clone, Default)]
pub struct RuntimeConfig {
    pub state_dir: Option<PathBuf>,
    pub max_instance_memory_bytes: Option<u64>,
    pub variable_providers: Vec<VariableProvider>,
    /// Where each SQLite database label is kept.
    pub sqlite_databases: BTreeMap<String, PathBuf>,
    /// Where each key-value store label is kept.
    pub key_value_stores: BTreeMap<String, PathBuf>,
}

#[derive(Debug, thiserror::Error)]
pub enum RuntimeConfigError {
    #[error("cannot read the runtime configuration {path}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("the runtime configuration {path} is not TOML")]
    Syntax { path: PathBuf, source: Box<toml::de::Error> },
    #[error("the runtime configuration {path} has faults:\n{faults}")]
    Faults { path: PathBuf, faults: Faults },
}

impl RuntimeConfig {
    pub fn load(path: &Path) -> Result<Self, RuntimeConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| RuntimeConfigError::Read { path: path.to_owned(), source })?;
        Self::parse(&text, path)
    }

    /// Reads `text`; `path` appears in errors only.
    pub fn parse(text: &str, path: &Path) -> Result<Self, RuntimeConfigError> {
        let table = text.parse().map_err(|source| RuntimeConfigError::Syntax {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        read(table).map_err(|faults| RuntimeConfigError::Faults { path: path.to_owned(), faults })
    }
}

fn read(table: Table) -> Result<RuntimeConfig, Faults> {
    let mut faults = Faults::default();
    let mut root = TableReader::new("", table, &mut faults);
    let state_dir = root.optional_string("state_dir").map(PathBuf::from);
    let max_instance_memory_bytes = root.optional_integer("max_instance_memory");
    let providers = [root.take("variables_provider"), root.take("config_provider")];
    let databases = root.named_tables("sqlite_database");
    let stores = root.named_tables("key_value_store");
    // Logs go where the process writes them, and connections are always pooled here.
    for key in ["log_dir", "outbound_http"] {
        root.ignore(key);
    }
    root.refuse("llm_compute", "remove it: there is no model in this host");
    root.refuse("outbound_networking", "remove it: blocked networks are not enforced here");
    root.refuse("client_tls", "remove it: client certificates are not supported here");
    root.finish();

    let mut variable_providers = Vec::new();
    for (index, entry) in providers.into_iter().flatten().flat_map(entries).enumerate() {
        variable_providers.extend(read_provider(index, entry, &mut faults));
    }
    let sqlite_databases = read_files("sqlite_database", databases, &mut faults);
    let key_value_stores = read_files("key_value_store", stores, &mut faults);
    faults.or_value(RuntimeConfig {
        state_dir,
        max_instance_memory_bytes,
        variable_providers,
        sqlite_databases,
        key_value_stores,
    })
}

fn entries(value: Value) -> Vec<Value> {
    match value {
        Value::Array(entries) => entries,
        other => vec![other],
    }
}

fn read_provider(index: usize, entry: Value, faults: &mut Faults) -> Option<VariableProvider> {
    let at = format!("variables_provider[{index}]");
    let Value::Table(table) = entry else {
        faults.report(at, "is not a table", "write [[variables_provider]]");
        return None;
    };
    let mut provider = TableReader::new(&at, table, faults);
    let read = match provider.string("type").as_str() {
        "static" => Some(VariableProvider::Static(provider.string_map("values"))),
        "env" => {
            let prefix = provider.optional_string("prefix");
            provider.ignore("dotenv_path");
            let prefix =
                prefix.map_or(ENVIRONMENT_PREFIX.to_owned(), |prefix| format!("{prefix}_"));
            Some(VariableProvider::Environment { prefix })
        }
        other => {
            let problem = format!("has the unsupported type {other:?}");
            provider.faults.report(at, problem, "use \"static\" or \"env\"");
            return None;
        }
    };
    provider.finish();
    read
}

/// The files of all labels under `key`; both kinds of storage are described alike.
fn read_files(
    key: &str,
    tables: Vec<(String, Table)>,
    faults: &mut Faults,
) -> BTreeMap<String, PathBuf> {
    let read = |(label, table): (String, Table)| {
        let path = read_file(&format!("{key}.{label}"), table, faults)?;
        Some((label, path))
    };
    tables.into_iter().filter_map(read).collect()
}

fn read_file(at: &str, table: Table, faults: &mut Faults) -> Option<PathBuf> {
    let mut file = TableReader::new(at, table, faults);
    let kind = file.string("type");
    let path = file.optional_string("path").map(PathBuf::from);
    file.ignore("allow_attach_file");
    if kind != "spin" {
        file.faults.report(at, format!("has the unsupported type {kind:?}"), "use \"spin\"");
        return None;
    }
    if path.is_none() {
        file.faults.report(at, "has no path", "add path = \"…\"");
    }
    file.finish();
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<RuntimeConfig, String> {
        RuntimeConfig::parse(text, Path::new("runtime.toml")).map_err(|error| error.to_string())
    }

    #[test]
    fn databases_and_providers_are_read() {
        let config = check(
            r#"
            state_dir = "state"
            [[variables_provider]]
            type = "static"
            values = { one = "1" }
            [[variables_provider]]
            type = "env"
            prefix = "APP"
            [sqlite_database.default]
            type = "spin"
            path = "data/app.db"
            [key_value_store.default]
            type = "spin"
            path = "data/values.db"
            "#,
        )
        .unwrap();
        assert_eq!(config.state_dir, Some("state".into()));
        assert_eq!(config.sqlite_databases["default"], Path::new("data/app.db"));
        assert_eq!(config.key_value_stores["default"], Path::new("data/values.db"));
        let prefixes = config.variable_providers.iter().map(|provider| match provider {
            VariableProvider::Static(values) => format!("{values:?}"),
            VariableProvider::Environment { prefix } => prefix.clone(),
        });
        assert_eq!(prefixes.collect::<Vec<_>>(), ["{\"one\": \"1\"}", "APP_"]);
    }

    #[test]
    fn what_it_cannot_honour_is_refused_at_once() {
        let told = check(
            "surprise = 1\n[sqlite_database.other]\ntype = \"libsql\"\nurl = \"u\"\n\
                          [key_value_store.other]\ntype = \"redis\"\nurl = \"u\"",
        );
        expect_test::expect![[r#"
            the runtime configuration runtime.toml has faults:
              - surprise: is not a known key; remove it or use one of: state_dir, max_instance_memory, variables_provider, config_provider, sqlite_database, key_value_store, log_dir, outbound_http, llm_compute, outbound_networking, client_tls
              - sqlite_database.other: has the unsupported type "libsql"; use "spin"
              - key_value_store.other: has the unsupported type "redis"; use "spin""#]].assert_eq(&told.err().unwrap());
    }
}
