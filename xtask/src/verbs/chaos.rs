//! `chaos`: builds what is killed and what kills it, and hands over to the latter.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::cargo::{self, NativeProfile};
use crate::workspace::Workspace;
use crate::{natives, program, verbs};

/// Tells the program in which folder host and sidecar are.
const PROGRAMS: &str = "TASKMASTER_PROGRAMS";

/// Use the app while everything around it fails, and check that nothing was lost or doubled
#[derive(Args)]
pub(crate) struct Chaos {
    /// How long people work
    #[arg(long, default_value_t = 5.0)]
    minutes: f64,
    /// Repeats the draws of an earlier run
    #[arg(long)]
    seed: Option<u64>,
    /// Where the app keeps its rows; PostgreSQL is started for the run
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    database: Database,
    /// What people do a second, on average
    #[arg(long)]
    rate: Option<f64>,
    /// Keep the logs of host and sidecar in this folder
    #[arg(long, value_name = "FOLDER")]
    logs: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

impl Chaos {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        verbs::build::components(workspace)?;
        let host = natives::host(workspace, NativeProfile::Dev)?;
        let artifacts = cargo::build(workspace, &["-p", "chaos", "--bins"])?;
        let mut command = Command::new(cargo::executable(&artifacts, "chaos")?);
        let programs = host.parent().map(Path::to_owned).context("the host lies in no folder")?;
        command.env(PROGRAMS, programs).args(["--minutes", &self.minutes.to_string()]);
        command.arg("--database").arg(match self.database {
            Database::Sqlite => "sqlite",
            Database::Postgres => "postgres",
        });
        if let Some(seed) = self.seed {
            command.args(["--seed", &seed.to_string()]);
        }
        if let Some(rate) = self.rate {
            command.args(["--rate", &rate.to_string()]);
        }
        if let Some(folder) = &self.logs {
            command.arg("--logs").arg(folder);
        }
        program::become_program(&mut command)
    }
}
