//! `migrate`: prepares a PostgreSQL database.

use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::workspace::Workspace;
use crate::{natives, program};

/// Bring a PostgreSQL database up to this release: schema, role, and people of the first TaskMaster
#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Migrate {
    /// Flags of `taskmaster-migrate`, which the deployment runs, too
    #[arg(value_name = "FLAGS", trailing_var_arg = true, allow_hyphen_values = true)]
    flags: Vec<String>,
}

impl Migrate {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        let mut command = Command::new(natives::migrate(workspace)?);
        program::become_program(command.args(&self.flags))
    }
}
