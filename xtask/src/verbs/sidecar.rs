//! `sidecar`: the embedded sidecar alone, where a real `spin up` looks for Dapr.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::data_folder::DataFolder;
use crate::workspace::Workspace;
use crate::{app, natives, program};

/// Opening the database on the first probe takes longer than the usual half second.
const APP_HEALTH_PROBE_TIMEOUT_MS: &str = "2000";

/// Run the embedded sidecar alone, beside a real `spin up`
#[derive(Args)]
pub(crate) struct RunSidecar {
    /// Where the Dapr HTTP API is offered
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3500")]
    listen: SocketAddr,
    /// The port of the app on this machine
    #[arg(long, value_name = "PORT", default_value_t = 3000)]
    app_port: u16,
    /// Folder of the event log [default: .taskmaster]
    #[arg(long, value_name = "FOLDER", env = "TASKMASTER_DATA")]
    data: Option<PathBuf>,
    /// Flags passed on, as daprd takes them
    #[arg(last = true, value_name = "DAPRD FLAGS")]
    flags: Vec<String>,
}

impl RunSidecar {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        let sidecar = natives::sidecar(workspace)?;
        let data = DataFolder::at(workspace, self.data.as_deref());
        data.prepare()?;
        let mut command = Command::new(sidecar);
        command
            .args(["--app-id", app::APP_ID])
            .args(["--app-port", &self.app_port.to_string()])
            .args(["--dapr-listen-addresses", &self.listen.ip().to_string()])
            .args(["--dapr-http-port", &self.listen.port().to_string()])
            .arg("--resources-path")
            .arg(workspace.path(app::DAPR_RESOURCES))
            .arg("--config")
            .arg(workspace.path(app::DAPR_CONFIG))
            .args(["--enable-app-health-check", "--app-health-check-path", app::APP_HEALTH_PATH])
            .args(["--app-health-probe-timeout", APP_HEALTH_PROBE_TIMEOUT_MS])
            .arg("--data-dir")
            .arg(data.sidecar())
            .args(&self.flags);
        program::become_program(&mut command)
    }
}
