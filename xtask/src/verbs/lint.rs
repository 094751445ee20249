//! `lint`: formatting and clippy for every member, each on the platform it is built for.

use anyhow::Result;
use clap::Args;

use crate::workspace::Workspace;
use crate::{cargo, program, toolchain};

/// Check formatting and lints of every crate and component
#[derive(Args)]
pub(crate) struct Lint {}

impl Lint {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        toolchain::ensure_wasm_target(workspace)?;
        program::run(cargo::command(workspace, "fmt").args(["--all", "--check"]))?;
        let packages = workspace.packages()?;
        let components = packages.iter().filter(|package| package.is_component(workspace));
        let names: Vec<&str> = components.map(|package| package.name.as_str()).collect();

        let mut natives = cargo::command(workspace, "clippy");
        natives.args(["--workspace", "--all-targets"]);
        natives.args(names.iter().flat_map(|name| ["--exclude", name]));
        program::run(natives.args(["--", "-D", "warnings"]))?;

        let mut guests = cargo::command(workspace, "clippy");
        guests.args(["--target", toolchain::WASM_TARGET]);
        guests.args(names.iter().flat_map(|name| ["-p", name]));
        program::run(guests.args(["--", "-D", "warnings"]))
    }
}
