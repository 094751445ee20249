//! `openapi`: the API's description, generated from the code and kept beside it.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::cargo;
use crate::workspace::Workspace;

const DOCUMENT: &str = "crates/task-app/openapi.json";

/// Write the OpenAPI description of the HTTP API
#[derive(Args)]
pub(crate) struct Openapi {
    /// Only compare; fail when the committed description is not what the code says
    #[arg(long)]
    check: bool,
}

impl Openapi {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        if self.check { check(workspace) } else { write(workspace) }
    }
}

pub(crate) fn write(workspace: &Workspace) -> Result<()> {
    let file = document(workspace);
    fs::write(&file, generate(workspace)?)
        .with_context(|| format!("cannot write {}", file.display()))?;
    println!("{DOCUMENT} is what the code says.");
    Ok(())
}

/// Fails when the committed description is not what the code says.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let file = document(workspace);
    let committed =
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    if committed != generate(workspace)? {
        bail!("{DOCUMENT} is not what the code says; run `cargo xtask openapi`");
    }
    println!("{DOCUMENT} is what the code says.");
    Ok(())
}

fn generate(workspace: &Workspace) -> Result<String> {
    let mut command = cargo::command(workspace, "run");
    command.args(["--quiet", "-p", "task-app", "--features", "openapi", "--example", "openapi"]);
    let output =
        command.stderr(std::process::Stdio::inherit()).output().context("cannot start cargo")?;
    ensure!(output.status.success(), "the description cannot be generated; see above");
    String::from_utf8(output.stdout).context("the description is not UTF-8")
}

fn document(workspace: &Workspace) -> PathBuf {
    workspace.path(DOCUMENT)
}
