//! `up`: builds what is stale and becomes the host, with sidecar and databases in the data folder.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::cargo::NativeProfile;
use crate::data_folder::DataFolder;
use crate::verbs::engines::beside::{self, Broker};
use crate::workspace::Workspace;
use crate::{app, natives, program, verbs};

/// Build what is stale and run the app: host, sidecar and SQLite in one process
#[derive(Args)]
pub(crate) struct Up {
    /// Where the app listens
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Folder of databases, event log and secrets [default: .taskmaster]
    #[arg(long, value_name = "FOLDER", env = "TASKMASTER_DATA")]
    data: Option<PathBuf>,
    /// Also offer the sidecar's HTTP API here
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["no_sidecar", "broker"])]
    sidecar_listen: Option<SocketAddr>,
    /// Keep the rows in this PostgreSQL database, brought up to date first, instead of SQLite
    #[arg(long, value_name = "URL", env = "TASKMASTER_POSTGRES_URL", hide_env_values = true)]
    postgres_url: Option<String>,
    /// Run without the embedded sidecar; `dapr_url` then points at a real one
    #[arg(long)]
    no_sidecar: bool,
    /// What carries the events; any but the embedded one comes with Dapr's own sidecar
    #[arg(long, value_enum, default_value_t = Broker::Embedded, conflicts_with = "no_sidecar")]
    broker: Broker,
    /// A variable of spin.toml; repeatable
    #[arg(long = "variable", value_name = "NAME=VALUE")]
    variables: Vec<String>,
    /// A file of SPIN_VARIABLE_… lines, read after the generated secrets; repeatable
    #[arg(long = "env-file", value_name = "FILE")]
    env_files: Vec<PathBuf>,
    #[arg(long, value_enum, default_value_t = LogFormat::Human)]
    log_format: LogFormat,
    /// Run fully optimised native programs; the first build takes minutes
    #[arg(long)]
    release_native: bool,
}

/// How the log is written
#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    Human,
    Json,
}

impl Up {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        verbs::build::components(workspace)?;
        let profile = if self.release_native { NativeProfile::Native } else { NativeProfile::Dev };
        let host = natives::host(workspace, profile)?;
        let data = DataFolder::at(workspace, self.data.as_deref());
        data.prepare()?;
        if let Some(url) = &self.postgres_url {
            let migrate = natives::migrate(workspace)?;
            program::run(Command::new(migrate).env("TASKMASTER_POSTGRES_URL", url))?;
        }
        let mut command = app::host_command(workspace, &host, &data, &self.listen.to_string());
        self.add_options(&mut command, workspace)?;
        if let Some(dapr_url) = beside::start(self.broker, workspace, self.listen)? {
            command.arg("--no-sidecar").arg("--variable").arg(format!("dapr_url={dapr_url}"));
        }
        eprintln!("{}", self.what_to_try());
        program::become_program(&mut command)
    }

    fn add_options(&self, command: &mut Command, workspace: &Workspace) -> Result<()> {
        if self.no_sidecar {
            command.arg("--no-sidecar");
        } else if self.broker == Broker::Embedded {
            app::with_sidecar(command, workspace);
        }
        if let Some(address) = self.sidecar_listen {
            command.arg("--sidecar-listen").arg(address.to_string());
        }
        if let Some(url) = &self.postgres_url {
            app::with_postgres(command, url)?;
        }
        for file in &self.env_files {
            command.arg("--env-file").arg(file);
        }
        for variable in &self.variables {
            command.arg("--variable").arg(variable);
        }
        let format = match self.log_format {
            LogFormat::Human => "human",
            LogFormat::Json => "json",
        };
        command.arg("--log-format").arg(format);
        Ok(())
    }

    /// Lines that work as pasted into another terminal.
    fn what_to_try(&self) -> String {
        let url = match self.listen.port() {
            // The host says which port it got when it serves.
            0 => format!("http://{}:PORT", self.listen.ip()),
            _ => format!("http://{}", self.listen),
        };
        let events = match &self.data {
            Some(data) => format!("cargo xtask events --data {} --follow", data.display()),
            None => "cargo xtask events --follow".to_owned(),
        };
        format!(
            r#"
TaskMaster will serve {url} — in another terminal, try:

  # sign up
  JSON='content-type: application/json'
  TOKEN=$(curl -s {url}/api/auth/signup -H "$JSON" \
    -d '{{"email":"you@example.com","password":"correct horse"}}' \
    | sed 's/.*"access_token":"\([^"]*\)".*/\1/')

  # a task that comes again every month
  curl -s {url}/api/me/tasks -H "authorization: Bearer $TOKEN" -H "$JSON" \
    -d '{{"title":"Water plants","due_at":"2027-01-31T09:00:00Z","recurrence":"monthly"}}'

  # the events that it makes
  {events}
"#
        )
    }
}
