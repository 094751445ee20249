//! The two native programs that run the app: the host and the sidecar.

use std::path::PathBuf;

use anyhow::Result;

use crate::cargo::{self, NativeProfile};
use crate::workspace::Workspace;

/// Chosen together even where only one is wanted: cargo then unites their features, and what both
/// stand on is built once.
const PACKAGES: [&str; 4] = ["-p", "embedded-host", "-p", "embedded-sidecar"];

const HOST: &str = "embedded-host";
const SIDECAR: &str = "embedded-sidecar";

/// Builds both, and returns the host: whoever runs it wants to look at its events next.
pub(crate) fn host(workspace: &Workspace, profile: NativeProfile) -> Result<PathBuf> {
    eprintln!("Building the host and the sidecar ({} profile).", profile.name());
    let arguments = [&PACKAGES[..], &["--bins", "--profile", profile.name()]].concat();
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
    let target = ["--bin", SIDECAR, "--profile", NativeProfile::Dev.name()];
    let arguments = [&PACKAGES[..], &target].concat();
    cargo::executable(&cargo::build(workspace, &arguments)?, SIDECAR)
}
