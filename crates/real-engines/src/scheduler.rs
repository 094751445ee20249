//! Dapr's scheduler as one node, with the store that keeps its jobs.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::cache::{self, SCHEDULER};
use crate::daprd::DaprVersion;
use crate::engine::Engine;
use crate::place::Place;
use crate::probe;

const USUAL_PORT: u16 = 50006;
/// For a node's few sidecars; its own default is for a cluster's.
const WORKERS: &str = "128";
const STORE_FOLDER: &str = "store";

/// What the addresses are for. The store offers itself on the ordinary loopback address alone.
const SIDECARS: usize = 0;
const HEALTH: usize = 1;
const STORE: usize = 2;
const OTHER_STORES: usize = 3;

#[derive(Clone, Debug)]
pub struct Scheduler {
    place: Place,
    version: DaprVersion,
}

impl Scheduler {
    pub const NAME: &str = "scheduler";
    pub const ADDRESSES: usize = 4;
    pub const USUAL_PORT: u16 = USUAL_PORT;

    pub fn at(place: Place, version: DaprVersion) -> Self {
        Scheduler { place, version }
    }

    /// Takes all jobs away from one that does not run.
    pub fn empty(place: &Place) -> Result<()> {
        Ok(std::fs::remove_dir_all(place.file(STORE_FOLDER))?)
    }

    /// The program that would be started.
    pub fn program(version: DaprVersion) -> Result<PathBuf> {
        version.program(Self::NAME, SCHEDULER)
    }
}

impl Engine for Scheduler {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn prepare(&self) -> Result<()> {
        cache::private_folder(&self.place.file(STORE_FOLDER))?;
        cache::private_folder(&self.place.file("identity"))
    }

    fn command(&self) -> Result<Command> {
        let mut command = Command::new(Self::program(self.version)?);
        let peers = self.place.address(OTHER_STORES);
        command
            .args(["--id", "s0", "--etcd-initial-cluster", &format!("s0=http://{peers}")])
            .args(["--listen-address", &self.place.host(SIDECARS)])
            .args(["--port", &self.place.port(SIDECARS)])
            // Without it, an address that is not the usual loopback one is told as the machine's.
            .args(["--override-broadcast-host-port", &self.address().to_string()])
            .args(["--healthz-listen-address", &self.place.host(HEALTH)])
            .args(["--healthz-port", &self.place.port(HEALTH)])
            .args(["--etcd-client-port", &self.place.port(STORE)])
            .arg("--enable-metrics=false")
            .arg("--etcd-data-dir")
            .arg(self.place.file(STORE_FOLDER))
            .arg("--identity-directory-write")
            .arg(self.place.file("identity"));
        if self.version != DaprVersion::Oldest {
            command.args(["--workers", WORKERS]);
        }
        Ok(command)
    }

    fn is_ready(&self) -> bool {
        probe::get(self.place.address(HEALTH), "/healthz").is_some()
    }
}
