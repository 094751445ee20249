//! A process of a run, which ends in an orderly way, and with it whatever it started.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use rustix::process::Signal;
use test_support::process::Process;
use test_support::within;

use crate::client::{Ask, Client};

/// A first start compiles the components; it is done long before.
const READY_TIMEOUT: Duration = Duration::from_secs(120);
const POLL: Duration = Duration::from_millis(20);
/// An orderly end takes a moment; what takes longer hangs.
const END_TIMEOUT: Duration = Duration::from_secs(5);

pub(crate) struct Running {
    name: String,
    process: Process,
}

impl Running {
    pub(crate) fn start(name: &str, command: Command, log: &Path) -> Self {
        Running { name: name.to_owned(), process: Process::start(name, command, log) }
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
            if let Some(status) = self.process.ended() {
                bail!("the {} ended with {status}:\n{}", self.name, self.log_tail());
            }
            if Instant::now() > deadline {
                bail!("the {} is not ready:\n{}", self.name, self.log_tail());
            }
            tokio::time::sleep(POLL).await;
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The end of the log, where the reason stands.
    pub(crate) fn log_tail(&self) -> String {
        self.process.log_tail()
    }
}

impl Drop for Running {
    /// Asks first: a supervisor that is killed would leave its workers behind.
    fn drop(&mut self) {
        if self.process.ended().is_none() {
            self.process.signal(Signal::TERM);
            let _ = within(END_TIMEOUT, || self.process.ended());
        }
    }
}
