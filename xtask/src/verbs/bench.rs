//! `bench`: builds what is measured, fully optimised, and hands over to the load generator.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::cargo::{self, NativeProfile};
use crate::workspace::Workspace;
use crate::{app, natives, program, verbs};

/// Measure the app
#[derive(Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// List, create and create+publish under 16 connections, beside a native twin
    Core {
        /// Seconds of each measurement
        #[arg(long, value_name = "SECONDS", default_value_t = 10)]
        seconds: u64,
        /// Also write bench/RESULTS.md
        #[arg(long)]
        write: bool,
    },
    /// The next occurrence of rules anchored long ago and recently
    Recurrence {
        /// Also write bench/RESULTS.md
        #[arg(long)]
        write: bool,
    },
}

impl Bench {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        let (mut command, write) = match &self.what {
            What::Core { seconds, write } => (core(workspace, *seconds)?, *write),
            What::Recurrence { write } => (recurrence(workspace)?, *write),
        };
        if write {
            command.arg("--write").arg(workspace.path("bench/RESULTS.md"));
        }
        program::become_program(&mut command)
    }
}

fn core(workspace: &Workspace, seconds: u64) -> Result<Command> {
    verbs::build::components(workspace)?;
    // Apart from the rest: it shares its build with `up --release-native`.
    let host = natives::host(workspace, NativeProfile::Native)?;
    let artifacts = build(workspace, &["-p", "twin", "-p", "load"])?;
    let mut command = Command::new(cargo::executable(&artifacts, "load")?);
    let paths: [(&str, PathBuf); 4] = [
        ("--host", host),
        ("--twin", cargo::executable(&artifacts, "twin")?),
        ("--from", workspace.path("spin.toml")),
        ("--dapr-resources", workspace.path(app::DAPR_RESOURCES)),
    ];
    command.arg("core");
    for (option, path) in paths {
        command.arg(option).arg(path);
    }
    command.args(["--dapr-app-id", app::APP_ID, "--seconds", &seconds.to_string()]);
    Ok(command)
}

fn recurrence(workspace: &Workspace) -> Result<Command> {
    let artifacts = build(workspace, &["-p", "load"])?;
    let mut command = Command::new(cargo::executable(&artifacts, "load")?);
    command.arg("recurrence");
    Ok(command)
}

fn build(workspace: &Workspace, packages: &[&str]) -> Result<Vec<cargo::Artifact>> {
    eprintln!("Building what measures.");
    let profile = ["--bins", "--profile", NativeProfile::Native.name()];
    cargo::build(workspace, &[packages, &profile].concat())
}
