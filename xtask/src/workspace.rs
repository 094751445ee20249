//! Where the checkout is and which packages it holds; it knows nothing of what they do.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// The checkout that this `cargo xtask` belongs to, wherever it is called from.
pub(crate) struct Workspace {
    root: PathBuf,
}

/// One package of the workspace, as `cargo metadata` tells it.
#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

impl Workspace {
    pub(crate) fn locate() -> Result<Self> {
        // Cargo sets it at run time too, so a copied binary never points at another checkout.
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package.parent().context("xtask has no folder above it")?.to_owned();
        ensure!(root.join("Cargo.toml").is_file(), "{} is not the checkout", root.display());
        Ok(Workspace { root })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// Every member, without its dependencies: this needs no network and takes no lock for long.
    pub(crate) fn packages(&self) -> Result<Vec<Package>> {
        let output = Command::new("cargo")
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(&self.root)
            .stderr(std::process::Stdio::inherit())
            .output()
            .context("cannot start cargo metadata")?;
        ensure!(output.status.success(), "cargo metadata failed");
        let metadata: Metadata =
            serde_json::from_slice(&output.stdout).context("cannot read cargo metadata")?;
        Ok(metadata.packages)
    }
}

impl Package {
    /// Components only make sense as wasm, so native verbs leave them out.
    pub(crate) fn is_component(&self, workspace: &Workspace) -> bool {
        self.manifest_path.starts_with(workspace.path("components"))
    }

    pub(crate) fn depends_on(&self, name: &str) -> bool {
        self.dependencies.iter().any(|dependency| dependency.name == name)
    }
}
