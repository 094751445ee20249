//! `build`: the components that `spin.toml` lists, each at the path it names.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};
use clap::Args;

use crate::cargo::NativeProfile;
use crate::manifest::{self, Component};
use crate::workspace::Workspace;
use crate::{cargo, natives, toolchain};

/// Build the wasm components of spin.toml
#[derive(Args)]
pub(crate) struct Build {
    /// Also build the host and the sidecar, fully optimised
    #[arg(long)]
    release_native: bool,
}

impl Build {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        components(workspace)?;
        if self.release_native {
            natives::host(workspace, NativeProfile::Native)?;
        }
        Ok(())
    }
}

/// Builds what is stale. An unchanged file is not written again: hosts watch them by time.
pub(crate) fn components(workspace: &Workspace) -> Result<()> {
    let manifest_file = workspace.path("spin.toml");
    let components = manifest::components(&manifest_file)?;
    toolchain::ensure_wasm_target(workspace)?;
    let ids: Vec<&str> = components.iter().map(|component| component.id.as_str()).collect();
    eprintln!("Building the components: {}.", ids.join(", "));
    let mut arguments = vec!["--release", "--target", toolchain::WASM_TARGET];
    arguments.extend(ids.iter().flat_map(|id| ["-p", id]));
    let artifacts = cargo::build(workspace, &arguments)?;
    for Component { id, source } in &components {
        place(&cargo::wasm(&artifacts, id)?, &workspace.path(source))?;
    }
    Ok(())
}

/// Copies the built file to where the manifest looks, when the target folder is another one.
fn place(built: &Path, source: &Path) -> Result<()> {
    let bytes = fs::read(built).with_context(|| format!("cannot read {}", built.display()))?;
    match fs::read(source) {
        Ok(present) if present == bytes => return Ok(()),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", source.display()));
        }
    }
    let folder = source.parent().context("a component's source has no folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // Whole or not at all: a host that starts meanwhile must not read half a component.
    let aside = source.with_extension("wasm.new");
    fs::copy(built, &aside)
        .and_then(|_| fs::rename(&aside, source))
        .with_context(|| format!("cannot place {}", source.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_is_placed_once_and_replaced_when_it_changed() {
        let scratch = tempfile::tempdir().unwrap();
        let built = scratch.path().join("built.wasm");
        let source = scratch.path().join("target/edge.wasm");
        fs::write(&built, b"one").unwrap();
        place(&built, &source).unwrap();
        let placed_at = fs::metadata(&source).unwrap().modified().unwrap();
        place(&built, &source).unwrap();
        assert_eq!(fs::metadata(&source).unwrap().modified().unwrap(), placed_at);
        fs::write(&built, b"two").unwrap();
        place(&built, &source).unwrap();
        assert_eq!(fs::read(&source).unwrap(), b"two");
    }
}
