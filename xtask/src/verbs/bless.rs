//! `bless`: rewrites every snapshot with what the code gives now, to be read as a diff.

use anyhow::Result;
use clap::Args;

use crate::workspace::Workspace;
use crate::{cargo, program, verbs};

/// Rewrite the snapshots of all tests with what the code gives now
#[derive(Args)]
pub(crate) struct Bless {
    /// Only these packages
    packages: Vec<String>,
}

impl Bless {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        verbs::build::components(workspace)?;
        let mut names = self.packages.clone();
        if names.is_empty() {
            let packages = workspace.packages()?;
            let with_snapshots = packages.into_iter().filter(|p| p.depends_on("expect-test"));
            names.extend(with_snapshots.map(|package| package.name));
        }
        let mut tests = cargo::command(workspace, "test");
        tests.env("UPDATE_EXPECT", "1").arg("--no-fail-fast");
        tests.args(names.iter().flat_map(|name| ["-p", name]));
        program::run(&mut tests)?;
        verbs::openapi::write(workspace)
    }
}
