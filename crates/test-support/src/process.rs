//! One process under test: its log, and the ways to end it. Knows nothing of what it runs.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

use crate::wait::eventually;

/// The end of a log is where the reason stands.
const LINES_SHOWN: usize = 120;

/// A child that never outlives its test.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts a command whose output is appended to `log`.
    pub fn start(name: &str, command: Command, log: &Path) -> Self {
        Self::start_with(name, command, Stdio::null(), log)
    }

    /// The same with an input that ends when this process does, whatever it dies of.
    pub fn start_with_lifeline(name: &str, command: Command, log: &Path) -> Self {
        Self::start_with(name, command, Stdio::piped(), log)
    }

    fn start_with(name: &str, mut command: Command, stdin: Stdio, log: &Path) -> Self {
        let mut file = File::options()
            .create(true)
            .append(true)
            .open(log)
            .unwrap_or_else(|error| panic!("cannot write {}: {error}", log.display()));
        let written = writeln!(file, "--- {command:?}").and_then(|()| file.try_clone());
        let errors = written.unwrap_or_else(|error| panic!("cannot write the log: {error}"));
        let child = command
            .stdin(stdin)
            .stdout(file)
            .stderr(errors)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name}: {error}"));
        Process { name: name.to_owned(), child, log: log.to_owned() }
    }

    /// What it holds in memory now, and the most that it ever held.
    pub fn resident_bytes(&self) -> (u64, u64) {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(&path);
        let status = status.unwrap_or_else(|error| panic!("cannot read {path}: {error}"));
        let bytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
            kib.unwrap_or_else(|| panic!("{path} does not tell {name}")) * 1024
        };
        (bytes("VmRSS:"), bytes("VmHWM:"))
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait();
        status.unwrap_or_else(|error| panic!("cannot watch {}: {error}", self.name))
    }

    /// SIGKILL: nothing is flushed, nothing is said goodbye to.
    pub fn kill(&mut self) {
        // One that ended by itself is as dead.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM, and the wait for an orderly end.
    pub fn terminate(&mut self) -> ExitStatus {
        if self.ended().is_none() {
            self.signal(Signal::TERM);
        }
        eventually(&format!("{} ends after SIGTERM", self.name), || self.ended())
    }

    pub fn signal(&self, signal: Signal) {
        let sent = kill_process(Pid::from_child(&self.child), signal);
        sent.unwrap_or_else(|error| panic!("cannot signal {}: {error}", self.name));
    }

    /// The last lines of the log.
    pub fn log_tail(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if thread::panicking() {
            eprintln!("log of {}:\n{}", self.name, self.log_tail());
        }
    }
}
