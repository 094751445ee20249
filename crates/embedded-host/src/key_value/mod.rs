//! `fermyon:spin/key-value@2.0.0` over SQLite files in this process.
//!
//! Tables and file names are Spin's own, so that a state folder can move between the two hosts. It
//! knows keys and bytes; what they mean is the component's affair.

mod guest_store;
mod store;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[expect(unreachable_pub, reason = "the generated bindings re-export it as public")]
pub use self::guest_store::GuestStore;
pub(crate) use self::store::Store;
use self::store::StoreFile;

/// The one label that needs no runtime configuration.
const DEFAULT_LABEL: &str = "default";

/// Where Spin keeps the default store, below the state folder.
const DEFAULT_FILE: &str = "sqlite_key_value.db";

/// Every key-value store of the application, by label.
#[derive(Debug, Default)]
pub(crate) struct Stores {
    by_label: BTreeMap<String, Arc<Store>>,
}

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "component {component} names the key-value store {label:?}, which is not configured; \
         add [key_value_store.{label}] to the runtime configuration"
    )]
    NotConfigured { component: String, label: String },
    #[error("cannot create the folder of the key-value store {path}")]
    CreateFolder { path: PathBuf, source: std::io::Error },
}

impl Stores {
    /// Labels of one file share its connection, and are told apart by a column.
    pub(crate) fn new(
        state_dir: &Path,
        configured: &BTreeMap<String, PathBuf>,
    ) -> Result<Self, StoreError> {
        let default = (DEFAULT_LABEL.to_owned(), state_dir.join(DEFAULT_FILE));
        let mut paths = BTreeMap::from([default]);
        paths.extend(configured.clone());
        let mut files: BTreeMap<PathBuf, Arc<StoreFile>> = BTreeMap::new();
        let mut by_label = BTreeMap::new();
        for (label, path) in paths {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)
                    .map_err(|source| StoreError::CreateFolder { path: path.clone(), source })?;
            }
            let file = files.entry(path.clone()).or_insert_with(|| Arc::new(StoreFile::new(path)));
            by_label.insert(label.clone(), Arc::new(Store::new(label, Arc::clone(file))));
        }
        Ok(Self { by_label })
    }

    /// The stores `component` is granted, by the labels it uses.
    pub(crate) fn granted(
        &self,
        component: &str,
        labels: &[String],
    ) -> Result<BTreeMap<String, Arc<Store>>, StoreError> {
        let find = |label: &String| match self.by_label.get(label) {
            Some(store) => Ok((label.clone(), Arc::clone(store))),
            None => Err(StoreError::NotConfigured {
                component: component.to_owned(),
                label: label.clone(),
            }),
        };
        labels.iter().map(find).collect()
    }
}
