//! The host as a process of its own, for what belongs to a whole process: its death, and the
//! certificates it trusts.

use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;
use test_support::process::Process;
use test_support::programs::programs;
use test_support::{eventually, probe};
use ureq::Agent;

use crate::app::{manifest, path};

/// What an answer may take; the longest wait of the host is two seconds.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) struct Site {
    pub(crate) process: Process,
    url: String,
    _folder: TempDir,
}

impl Site {
    /// Serves one probe that may reach every server.
    pub(crate) fn serve(configure: impl FnOnce(&mut Command)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        std::fs::write(file("spin.toml"), manifest("postgres://*:*")).unwrap();
        let mut command = Command::new(&programs().host);
        command.args(["up", "--no-sidecar", "--listen", "127.0.0.1:0"]);
        command.arg("--from").arg(file("spin.toml"));
        command.arg("--state-dir").arg(file("state"));
        command.arg("--cache-dir").arg(probe::cache_dir());
        command.arg("--ready-file").arg(file("ready"));
        configure(&mut command);
        let mut process = Process::start("the host", command, &file("log"));
        let address = eventually("the host is ready", || {
            assert!(process.ended().is_none(), "the host does not start");
            std::fs::read_to_string(file("ready")).ok()
        });
        Site { process, url: format!("http://{address}"), _folder: folder }
    }

    /// What the guest saw, or nothing when nobody answered.
    pub(crate) fn run(&self, address: &str, script: &str) -> Option<String> {
        let config = Agent::config_builder().timeout_global(Some(ANSWER_TIMEOUT)).build();
        let answer = config.new_agent().post(format!("{}{}", self.url, path(address))).send(script);
        answer.ok()?.body_mut().read_to_string().ok()
    }
}
