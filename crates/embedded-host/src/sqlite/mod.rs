//! `spin:sqlite@3.0.0` over the SQLite in this process.
//!
//! A guest sees what Spin shows it: a connection of its own, opened by its first statement, rolled
//! back when dropped. Behind that, connections are recycled and writers queue in order of arrival.
//! It knows SQL only as far as telling reads, writes and lasting connection state apart.

mod database;
mod guest_connection;
mod session;
mod statement;
mod write_queue;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use prometheus_client::metrics::histogram::Histogram;

pub(crate) use self::database::Database;
#[expect(unreachable_pub, reason = "the generated bindings re-export it as public")]
pub use self::guest_connection::GuestConnection;

/// The one label that needs no runtime configuration.
const DEFAULT_LABEL: &str = "default";

/// Where Spin keeps the default database, below the state folder.
const DEFAULT_FILE: &str = "sqlite_db.db";

/// Every database of the application, by label.
#[derive(Debug, Default)]
pub(crate) struct Databases {
    by_label: BTreeMap<String, Arc<Database>>,
}

#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    #[error(
        "component {component} names the SQLite database {label:?}, which is not configured; \
         add [sqlite_database.{label}] to the runtime configuration"
    )]
    NotConfigured { component: String, label: String },
    #[error("cannot create the folder of the SQLite database {path}")]
    CreateFolder { path: PathBuf, source: std::io::Error },
}

impl Databases {
    /// Two labels of one file share one database, so that its writers share one queue.
    pub(crate) fn new(
        state_dir: &Path,
        configured: &BTreeMap<String, PathBuf>,
        write_wait_seconds: &Histogram,
    ) -> Result<Self, DatabaseError> {
        let default = (DEFAULT_LABEL.to_owned(), state_dir.join(DEFAULT_FILE));
        let mut paths = BTreeMap::from([default]);
        paths.extend(configured.clone());
        let mut by_path: BTreeMap<PathBuf, Arc<Database>> = BTreeMap::new();
        let mut by_label = BTreeMap::new();
        for (label, path) in paths {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)
                    .map_err(|source| DatabaseError::CreateFolder { path: path.clone(), source })?;
            }
            let open = || Arc::new(Database::new(path.clone(), write_wait_seconds.clone()));
            let database = by_path.entry(path.clone()).or_insert_with(open);
            by_label.insert(label, Arc::clone(database));
        }
        Ok(Self { by_label })
    }

    /// The databases `component` is granted, by the labels it uses.
    pub(crate) fn granted(
        &self,
        component: &str,
        labels: &[String],
    ) -> Result<BTreeMap<String, Arc<Database>>, DatabaseError> {
        let find = |label: &String| match self.by_label.get(label) {
            Some(database) => Ok((label.clone(), Arc::clone(database))),
            None => Err(DatabaseError::NotConfigured {
                component: component.to_owned(),
                label: label.clone(),
            }),
        };
        labels.iter().map(find).collect()
    }
}
