//! An engine that goes on running when the task runner ends: its folder, its process, its log.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use real_engines::{Engine, Place};

use crate::app::log_tail;
use crate::program;
use crate::workspace::Workspace;

/// Beside the data of a local run, and ignored by git with it.
const FOLDER: &str = ".taskmaster/engines";

/// A broker on a busy machine takes some ten seconds.
const START_TIMEOUT: Duration = Duration::from_secs(90);
/// What a broker needs to put everything down; then it is ended without being asked.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);

/// Where one engine is kept.
pub(crate) struct Kept {
    name: &'static str,
    folder: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Running,
    Ended,
}

impl Kept {
    pub(crate) fn of(workspace: &Workspace, name: &'static str) -> Self {
        Kept { name, folder: workspace.path(FOLDER).join(name) }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// The addresses of the first start, so that whoever knows them finds the engine again.
    pub(crate) fn place(&self, usual_port: u16, count: usize) -> Result<Place> {
        if let Some(addresses) = self.addresses().filter(|known| known.len() == count) {
            return Ok(Place::at(&self.folder, addresses));
        }
        let place = Place::on_free_ports(self.folder.clone(), usual_port, count)?;
        let lines: Vec<String> = place.addresses().iter().map(SocketAddr::to_string).collect();
        self.write("addresses", &lines.join("\n"))?;
        Ok(place)
    }

    pub(crate) fn addresses(&self) -> Option<Vec<SocketAddr>> {
        let text = fs::read_to_string(self.folder.join("addresses")).ok()?;
        text.lines().map(|line| line.parse().ok()).collect()
    }

    /// Starts it unless it runs, and waits until it serves.
    pub(crate) fn start(&self, engine: &dyn Engine) -> Result<()> {
        if self.state() == State::Running {
            eprintln!("{} runs at {}.", self.name, engine.address());
            return Ok(());
        }
        eprintln!(
            "Starting {} at {}; it logs to {}.",
            self.name,
            engine.address(),
            self.log_name()
        );
        engine.prepare().with_context(|| format!("cannot prepare {}", self.name))?;
        let mut command = engine.command()?;
        self.spawn(&mut command)?;
        let deadline = Instant::now() + START_TIMEOUT;
        while !engine.is_ready() {
            if self.state() == State::Ended {
                bail!("{} ended as it started:\n{}", self.name, log_tail(&self.log()));
            }
            if Instant::now() > deadline {
                bail!("{} does not serve:\n{}", self.name, log_tail(&self.log()));
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    /// Asks it to end, and tells what it did before.
    pub(crate) fn stop(&self) -> Result<State> {
        let Some(pid) = self.running() else { return Ok(State::Ended) };
        signal(pid, "TERM")?;
        let deadline = Instant::now() + STOP_TIMEOUT;
        while self.state() == State::Running {
            if Instant::now() > deadline {
                eprintln!("{} does not end by itself; killing it.", self.name);
                signal(pid, "KILL")?;
                break;
            }
            std::thread::sleep(POLL);
        }
        Ok(State::Running)
    }

    pub(crate) fn state(&self) -> State {
        self.running().map_or(State::Ended, |_| State::Running)
    }

    fn spawn(&self, command: &mut Command) -> Result<()> {
        let log = File::options().create(true).append(true).open(self.log());
        let log = log.with_context(|| format!("cannot write {}", self.log_name()))?;
        let errors = log.try_clone().context("cannot share the log")?;
        command.current_dir(&self.folder).stdin(Stdio::null()).stdout(log).stderr(errors);
        // Ctrl-C is meant for what stands in the foreground.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        let child = command.spawn();
        let child =
            child.with_context(|| format!("cannot start {}", program::describe(command)))?;
        self.write("pid", &child.id().to_string())
    }

    /// The process, if it is the one that was started: the system gives numbers out again, but
    /// another process stands in another folder. Some go from theirs into the one of their data.
    fn running(&self) -> Option<u32> {
        let text = fs::read_to_string(self.folder.join("pid")).ok()?;
        let pid: u32 = text.trim().parse().ok()?;
        let stands_in = fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
        stands_in.starts_with(fs::canonicalize(&self.folder).ok()?).then_some(pid)
    }

    fn write(&self, name: &str, text: &str) -> Result<()> {
        let file = self.folder.join(name);
        fs::create_dir_all(&self.folder)
            .and_then(|()| fs::write(&file, text))
            .with_context(|| format!("cannot write {}", file.display()))
    }

    fn log_name(&self) -> String {
        self.log().display().to_string()
    }
}

fn signal(pid: u32, name: &str) -> Result<()> {
    program::run(Command::new("kill").args(["-s", name, &pid.to_string()]))
}
