//! The suite `docs`: runs the marked commands of README and docs against a fresh app on a free
//! port, so that what a reader pastes is known to work.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};

use super::markdown::{self, Step};
use super::shell::{BlockOutcome, Shell};
use crate::app::{self, RunningApp};
use crate::cargo::NativeProfile;
use crate::data_folder::DataFolder;
use crate::natives;
use crate::workspace::Workspace;

/// The address that documents write down; here the app gets a free port.
const DOCUMENTED_URL: &str = "http://127.0.0.1:3000";

/// How long an `eventually` block may take to show what it is said to.
const EVENTUALLY_TIMEOUT: Duration = Duration::from_secs(10);
/// Between two tries of it.
const EVENTUALLY_PAUSE: Duration = Duration::from_millis(100);

#[derive(Debug, Default)]
pub(super) struct DocumentCommands {
    files: usize,
    passed: usize,
    /// Where, and what was seen.
    pub(super) failed: Vec<String>,
}

impl fmt::Display for DocumentCommands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (passed, failed) = (self.passed, self.failed.len());
        write!(f, "Docs: {passed} command blocks passed, {failed} failed in {} files.", self.files)
    }
}

/// Each document gets an app of its own and starts from nothing, as its reader does.
pub(super) fn run(workspace: &Workspace, built: Option<PathBuf>) -> Result<DocumentCommands> {
    let host = match built {
        Some(host) => host,
        None => natives::host(workspace, NativeProfile::Dev)?,
    };
    let mut result = DocumentCommands::default();
    for file in documents(workspace)? {
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.strip_prefix(workspace.root()).unwrap_or(&file).display().to_string();
        let steps = markdown::steps(&text).map_err(|error| anyhow!("{name}, {error}"))?;
        if steps.is_empty() {
            continue;
        }
        result.files += 1;
        run_document(workspace, &host, &name, &steps, &mut result)?;
    }
    Ok(result)
}

fn documents(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let folder = workspace.path("docs");
    let mut files = vec![workspace.path("README.md")];
    for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {folder:?}"))? {
        let path = entry.context("cannot list the documents")?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
    files[1..].sort();
    Ok(files)
}

fn run_document(
    workspace: &Workspace,
    host: &Path,
    name: &str,
    steps: &[Step],
    result: &mut DocumentCommands,
) -> Result<()> {
    let scratch = tempfile::tempdir().context("cannot make a scratch folder")?;
    let data = DataFolder::at(workspace, Some(&scratch.path().join("data")));
    data.prepare()?;
    let mut command = app::host_command(workspace, host, &data, "127.0.0.1:0");
    app::with_sidecar(&mut command, workspace);
    let log = scratch.path().join("host.log");
    let app = RunningApp::start(command, &log, scratch.path().join("ready"))?;
    let mut bash = Command::new("bash");
    bash.current_dir(workspace.root())
        .env("TASKMASTER_URL", app.url())
        .env("TASKMASTER_DATA", data.path());
    let mut shell = Shell::start(&mut bash, scratch.path())?;
    for step in steps {
        match run_step(&mut shell, step, &app.url())? {
            Ok(()) => {
                println!("docs {name}:{} ... ok", step.line);
                result.passed += 1;
            }
            Err(seen) => {
                println!("docs {name}:{} ... FAILED\n{seen}", step.line);
                println!("the host's log ends with:\n{}", app::log_tail(&log));
                result.failed.push(format!("{name}:{}", step.line));
                // What follows builds on it.
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The inner result is the document's: what was seen instead of what it says.
fn run_step(shell: &mut Shell, step: &Step, url: &str) -> Result<Result<(), String>> {
    let commands = step.script.replace(DOCUMENTED_URL, url);
    // In a condition, a failing command ends the try and not the shell.
    let script =
        if step.eventually { format!("if (\n{commands}\n); then :; fi\n") } else { commands };
    let deadline = Instant::now() + EVENTUALLY_TIMEOUT;
    loop {
        let output = match shell.run(&script)? {
            BlockOutcome::Done { output } => output,
            BlockOutcome::Broken { output } => return Ok(Err(output)),
        };
        let missing: Vec<&str> = step
            .expect
            .iter()
            .map(|fragment| fragment.trim())
            .filter(|fragment| !output.contains(fragment))
            .collect();
        if missing.is_empty() {
            return Ok(Ok(()));
        }
        if !step.eventually || Instant::now() > deadline {
            let missing = missing.join("\n  ");
            return Ok(Err(format!("not in the output:\n  {missing}\nthe output:\n{output}")));
        }
        std::thread::sleep(EVENTUALLY_PAUSE);
    }
}
