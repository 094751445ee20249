//! The two programs under load: how each is started, with an empty data folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::machine;

/// A first start compiles the components; it is done long before.
const READY_TIMEOUT: Duration = Duration::from_secs(120);
const READY_POLL: Duration = Duration::from_millis(20);

/// Nothing listens on the discard port, so a relay that tries it fails at once and backs off.
const NOBODY: &str = "http://127.0.0.1:9";

pub(crate) enum Side {
    /// The product: wasm components in the embedded host, SQLite, sidecar in process.
    App { host: PathBuf, manifest: PathBuf, dapr_resources: PathBuf, dapr_app_id: String },
    /// The same work without wasm, host or sidecar.
    Twin { program: PathBuf },
}

/// Whether committed events also go to a durable log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Publishing {
    Off,
    On,
}

pub(crate) struct Server {
    child: Child,
    authority: String,
    folder: TempDir,
}

impl Side {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Side::App { .. } => "app",
            Side::Twin { .. } => "twin",
        }
    }

    fn command(&self, publishing: Publishing, data: &Path) -> Command {
        match self {
            Side::App { host, manifest, dapr_resources, dapr_app_id } => {
                let mut command = Command::new(host);
                command.arg("up").arg("--from").arg(manifest).arg("--state-dir").arg(data);
                command.args(["--variable", "jwt_secret=of-a-benchmark-and-nothing-else-0123456"]);
                match publishing {
                    Publishing::Off => {
                        command.args(["--no-sidecar", "--variable"]);
                        command.arg(format!("dapr_url={NOBODY}"));
                    }
                    Publishing::On => {
                        command.arg("--dapr-resources").arg(dapr_resources);
                        command.args(["--dapr-app-id", dapr_app_id]);
                    }
                }
                command
            }
            Side::Twin { program } => {
                let mut command = Command::new(program);
                command.arg("--data").arg(data);
                if publishing == Publishing::On {
                    command.arg("--publish");
                }
                command
            }
        }
    }
}

impl Publishing {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Publishing::Off => "off",
            Publishing::On => "on",
        }
    }
}

impl Server {
    pub(crate) async fn start(side: &Side, publishing: Publishing) -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot make a data folder")?;
        let ready_file = folder.path().join("ready");
        let log = fs::File::create(folder.path().join("log")).context("cannot make a log")?;
        let mut command = side.command(publishing, &folder.path().join("data"));
        command.args(["--listen", "127.0.0.1:0", "--ready-file"]).arg(&ready_file);
        let errors = log.try_clone().context("cannot share the log")?;
        command.stdin(Stdio::null()).stdout(log).stderr(errors).kill_on_drop(true);
        let child = command.spawn().with_context(|| format!("cannot start the {}", side.name()))?;
        let mut server = Server { child, authority: String::new(), folder };
        let deadline = Instant::now() + READY_TIMEOUT;
        loop {
            if let Ok(address) = fs::read_to_string(&ready_file) {
                server.authority = address.trim().to_owned();
                return Ok(server);
            }
            if let Some(status) = server.child.try_wait().context("cannot watch the server")? {
                bail!("the {} ended with {status}:\n{}", side.name(), server.log_tail());
            }
            if Instant::now() > deadline {
                bail!("the {} is not ready:\n{}", side.name(), server.log_tail());
            }
            tokio::time::sleep(READY_POLL).await;
        }
    }

    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    pub(crate) fn rss_mib(&self) -> Option<u64> {
        self.child.id().and_then(machine::rss_mib)
    }

    pub(crate) fn log_tail(&self) -> String {
        const LINES: usize = 20;
        let text = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }

    pub(crate) async fn stop(&mut self) -> Result<()> {
        self.child.kill().await.context("cannot stop the server")
    }
}
