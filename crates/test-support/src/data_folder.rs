//! The folder in which an app keeps everything: its database, the sidecar's log, its own log.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::app_database::{AppDatabase, Engine};
use crate::engines::{self, Backbone, BrokerKind};

/// A folder that is gone with its last user.
#[derive(Debug)]
pub struct DataFolder {
    /// Made when somebody asks for it: not every folder is an app's.
    database: OnceLock<AppDatabase>,
    /// The same; `None` where the embedded sidecar is what this run is about.
    backbone: OnceLock<Option<Box<Backbone>>>,
    engine: Engine,
    folder: TempDir,
}

impl DataFolder {
    /// For an app on the database that this run of tests is about.
    pub fn new() -> Self {
        Self::on(Engine::of_this_run())
    }

    pub fn on(engine: Engine) -> Self {
        let folder = tempfile::Builder::new().prefix("taskmaster-").tempdir();
        let folder = folder.unwrap_or_else(|error| panic!("no temporary folder: {error}"));
        DataFolder { database: OnceLock::new(), backbone: OnceLock::new(), engine, folder }
    }

    /// The same data, to be spoilt separately. Nobody may be using the original.
    pub fn duplicate(&self) -> Self {
        let copy = DataFolder::on(self.engine);
        copy_folder(self.path(), copy.path())
            .unwrap_or_else(|error| panic!("cannot copy {}: {error}", self.path().display()));
        if let Some(database) = self.database.get() {
            copy.database.get_or_init(|| database.duplicate(copy.path()));
        }
        copy
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// What the app keeps its rows in.
    pub fn database(&self) -> &AppDatabase {
        self.database.get_or_init(|| AppDatabase::new(self.engine, self.path()))
    }

    /// What carries the app's events, if not the embedded sidecar.
    pub fn backbone(&self) -> Option<&Backbone> {
        let start = |kind| Box::new(Backbone::start(kind, engines::dapr_of_this_run()));
        self.backbone.get_or_init(|| BrokerKind::of_this_run().map(start)).as_deref()
    }

    /// What time does to the leases of an app that died. Nobody may be using the folder.
    pub fn let_leases_run_out(&self) {
        let is_made = self.database().read(|moment| {
            moment.rows("SELECT lease_until FROM taskmaster.relay", |_| ())?;
            moment.rows("SELECT channel FROM taskmaster.delivery_heads", |_| ())
        });
        if is_made.is_some() {
            self.database().run(
                "UPDATE taskmaster.relay SET lease_until = 0, back_off_until = 0;
                 UPDATE taskmaster.deliveries SET lease_until = 0 WHERE state = 'pending';
                 UPDATE taskmaster.delivery_heads SET due_at = (
                     SELECT min(due_at) FROM taskmaster.deliveries
                     WHERE deliveries.channel = delivery_heads.channel AND state = 'pending'
                 )
                 WHERE channel IN (
                     SELECT channel FROM taskmaster.deliveries WHERE state = 'pending'
                 )",
            );
        }
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
