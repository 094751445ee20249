//! `events`: what is on the embedded topics, as a console consumer shows it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;
use clap::Args;

use crate::data_folder::DataFolder;
use crate::workspace::Workspace;
use crate::{natives, program};

/// Print the events on the embedded topics
#[derive(Args)]
pub(crate) struct Events {
    /// Only this topic
    #[arg(long)]
    topic: Option<String>,
    /// Go on printing as events arrive
    #[arg(long)]
    follow: bool,
    /// One JSON object per line
    #[arg(long)]
    json: bool,
    /// Folder of the event log [default: .taskmaster]
    #[arg(long, value_name = "FOLDER", env = "TASKMASTER_DATA")]
    data: Option<PathBuf>,
}

impl Events {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        let sidecar = natives::sidecar(workspace)?;
        let data = DataFolder::at(workspace, self.data.as_deref());
        let mut command = Command::new(sidecar);
        command.arg("events").arg("--data-dir").arg(data.sidecar());
        if let Some(topic) = &self.topic {
            command.args(["--topic", topic]);
        }
        if self.follow {
            command.arg("--follow");
        }
        if self.json {
            command.arg("--json");
        }
        program::become_program(&mut command)
    }
}
