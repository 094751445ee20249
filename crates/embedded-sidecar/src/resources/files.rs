//! The files that state the resources, as they lie on disk.

use std::path::{Path, PathBuf};

use super::ResourceError;
use crate::config::SidecarConfig;

/// Comparing two readings tells whether anything was changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Files {
    pub(super) resources: Vec<File>,
    pub(super) configurations: Vec<File>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

impl Files {
    /// Blocks on the file system.
    pub(crate) fn read(config: &SidecarConfig) -> Result<Self, ResourceError> {
        let mut resources = Vec::new();
        for folder in &config.resources_paths {
            for path in files_in(folder)? {
                resources.push(File::read(path)?);
            }
        }
        let configurations = config.config_paths.iter().cloned().map(File::read);
        Ok(Self { resources, configurations: configurations.collect::<Result<_, _>>()? })
    }
}

impl File {
    fn read(path: PathBuf) -> Result<Self, ResourceError> {
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Self { path, text }),
            Err(source) => Err(ResourceError::Read { path, source }),
        }
    }
}

/// The YAML files directly in a folder, by name: the order daprd loads them in. Folders in it are
/// not entered.
fn files_in(folder: &Path) -> Result<Vec<PathBuf>, ResourceError> {
    let fault = |source| ResourceError::Read { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if matches!(extension, Some("yaml" | "yml")) && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
