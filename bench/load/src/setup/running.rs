//! A process that ends with its value, and whatever it started ends with it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::client::{Ask, Client};

/// A first start compiles the components; it is done long before.
const READY_TIMEOUT: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(20);
/// An orderly end takes a moment; what takes longer hangs.
const END_TIMEOUT: Duration = Duration::from_secs(5);

pub(crate) struct Running {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Running {
    pub(crate) fn start(name: &str, mut command: Command, log: &Path) -> Result<Self> {
        let file = File::create(log).context("cannot make a log")?;
        let errors = file.try_clone().context("cannot share the log")?;
        command.stdin(Stdio::null()).stdout(file).stderr(errors);
        let child = command.spawn().with_context(|| format!("cannot start the {name}"))?;
        Ok(Running { name: name.to_owned(), child, log: log.to_owned() })
    }

    /// Waits until it answers requests, whatever it answers.
    pub(crate) async fn answers(&mut self, authority: &str) -> Result<()> {
        let deadline = Instant::now() + READY_TIMEOUT;
        loop {
            if let Ok(mut client) = Client::connect(authority).await
                && client.exchange(Ask::get("/healthz")).await.is_ok()
            {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait().context("cannot watch a process")? {
                bail!("the {} ended with {status}:\n{}", self.name, self.log_tail());
            }
            if Instant::now() > deadline {
                bail!("the {} is not ready:\n{}", self.name, self.log_tail());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The end of the log, where the reason stands.
    pub(crate) fn log_tail(&self) -> String {
        const LINES: usize = 20;
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n")
    }
}

impl Drop for Running {
    /// Asks first: a supervisor that is killed would leave its workers behind.
    fn drop(&mut self) {
        let asked = kill_process(Pid::from_child(&self.child), Signal::TERM);
        let deadline = Instant::now() + END_TIMEOUT;
        while asked.is_ok() && Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(POLL);
        }
        // One that ended by itself is as dead.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
