//! The native programs around the app: the host and the sidecar that run it, and what prepares its
//! database.

use std::path::PathBuf;

use anyhow::Result;

use crate::cargo::{self, NativeProfile};
use crate::workspace::Workspace;

/// Chosen together even where only one is wanted: cargo then unites their features, and what they
/// stand on is built once.
const PACKAGES: [&str; 6] = ["-p", "embedded-host", "-p", "embedded-sidecar", "-p", "migrate"];

const HOST: &str = "embedded-host";
pub(crate) const SIDECAR: &str = "embedded-sidecar";
const MIGRATE: &str = "taskmaster-migrate";

/// Builds host and sidecar, and returns the host: whoever runs it wants to look at its events next.
pub(crate) fn host(workspace: &Workspace, profile: NativeProfile) -> Result<PathBuf> {
    eprintln!("Building the host and the sidecar ({} profile).", profile.name());
    let programs = ["--bin", HOST, "--bin", SIDECAR, "--profile", profile.name()];
    let arguments = [&PACKAGES[..], &programs].concat();
    cargo::executable(&cargo::build(workspace, &arguments)?, HOST)
}

/// Builds both as a run of these packages' tests does anyway, and returns the host; `None` when
/// the run holds not both. Built by themselves, with fewer features, the largest dependencies
/// would be compiled a second time.
pub(crate) fn host_of_tests(workspace: &Workspace, packages: &[String]) -> Result<Option<PathBuf>> {
    let has = |name: &str| packages.iter().any(|package| package == name);
    if !has(HOST) || !has(SIDECAR) {
        return Ok(None);
    }
    cargo::executable(&cargo::build_tests(workspace, packages)?, HOST).map(Some)
}

/// The sidecar alone: looking at events must not wait for a host that was edited meanwhile.
pub(crate) fn sidecar(workspace: &Workspace) -> Result<PathBuf> {
    alone(workspace, SIDECAR)
}

/// What brings a PostgreSQL database up to date.
pub(crate) fn migrate(workspace: &Workspace) -> Result<PathBuf> {
    alone(workspace, MIGRATE)
}

fn alone(workspace: &Workspace, program: &str) -> Result<PathBuf> {
    let target = ["--bin", program, "--profile", NativeProfile::Dev.name()];
    let arguments = [&PACKAGES[..], &target].concat();
    cargo::executable(&cargo::build(workspace, &arguments)?, program)
}
