//! The folder in which an app keeps everything: its database, the sidecar's log, its own log.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder that is gone with its last user.
#[derive(Debug)]
pub struct DataFolder {
    folder: TempDir,
}

impl DataFolder {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("taskmaster-").tempdir();
        let folder = folder.unwrap_or_else(|error| panic!("no temporary folder: {error}"));
        DataFolder { folder }
    }

    /// The same data, to be spoilt separately. Nobody may be writing to the original.
    pub fn duplicate(&self) -> Self {
        let copy = DataFolder::new();
        copy_folder(self.path(), copy.path())
            .unwrap_or_else(|error| panic!("cannot copy {}: {error}", self.path().display()));
        copy
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the host keeps the database that the manifest calls `default`.
    pub fn database(&self) -> PathBuf {
        self.path().join("sqlite_db.db")
    }

    pub fn sidecar(&self) -> PathBuf {
        self.path().join("sidecar")
    }

    /// What an emptied scheduler does: every job is lost. Nobody may be using the folder.
    pub fn forget_jobs(&self) {
        let jobs = self.sidecar().join("jobs.db");
        fs::remove_file(&jobs).unwrap_or_else(|error| panic!("{}: {error}", jobs.display()));
        for beside in ["jobs.db-wal", "jobs.db-shm"] {
            // Only there when the last user was killed.
            let _ = fs::remove_file(self.sidecar().join(beside));
        }
    }

    pub fn app_log(&self) -> PathBuf {
        self.path().join("app.log")
    }

    pub fn sidecar_log(&self) -> PathBuf {
        self.path().join("sidecar.log")
    }

    /// The host appends a line for each host call of an app that is asked to.
    pub fn host_calls(&self) -> PathBuf {
        self.path().join("host-calls")
    }
}

impl Default for DataFolder {
    fn default() -> Self {
        Self::new()
    }
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
