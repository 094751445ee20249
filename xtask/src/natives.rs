//! The two native programs that run the app: the host and the sidecar.

use std::path::PathBuf;

use anyhow::Result;

use crate::cargo::{self, NativeProfile};
use crate::workspace::Workspace;

pub(crate) struct Natives {
    pub(crate) host: PathBuf,
    pub(crate) sidecar: PathBuf,
}

/// Builds both in one go: cargo then unites their features, and neither is ever built twice.
pub(crate) fn build(workspace: &Workspace, profile: NativeProfile) -> Result<Natives> {
    eprintln!("Building the host and the sidecar ({} profile).", profile.name());
    let packages = ["-p", "embedded-host", "-p", "embedded-sidecar", "--bins"];
    let arguments = [&packages[..], &["--profile", profile.name()]].concat();
    let artifacts = cargo::build(workspace, &arguments)?;
    Ok(Natives {
        host: cargo::executable(&artifacts, "embedded-host")?,
        sidecar: cargo::executable(&artifacts, "embedded-sidecar")?,
    })
}
