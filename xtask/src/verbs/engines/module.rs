//! Dapr's sidecar and scheduler, built from the Go module of the tests. It knows nothing of what
//! they are used for.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use real_engines::{DAPRD, DaprVersion, SCHEDULER};

use crate::workspace::Workspace;

const MODULE: &str = "tests/engines/daprd";
/// Program and Go package.
const PROGRAMS: [(&str, &str); 2] =
    [("daprd", "."), ("scheduler", "github.com/dapr/dapr/cmd/scheduler")];
/// What the programs tell as their version.
const VERSION: &str = "github.com/dapr/dapr/pkg/buildinfo.version";
/// A line for each of some fifteen hundred packages would be too much, none at all too little.
const PACKAGES_PER_LINE: usize = 100;

/// Builds both, unless they were built from these very files.
pub(super) fn build(workspace: &Workspace, version: DaprVersion) -> Result<()> {
    let is_named = |variable| env::var_os(variable).is_some_and(|value| !value.is_empty());
    if version == DaprVersion::Newest && is_named(DAPRD) && is_named(SCHEDULER) {
        return Ok(());
    }
    let module = workspace.path(MODULE);
    let folder = version.folder()?;
    let inputs = inputs(&module)?;
    let stamp = folder.join("inputs");
    let are_there = PROGRAMS.iter().all(|(name, _)| folder.join(name).is_file());
    if are_there && fs::read(&stamp).is_ok_and(|known| known == inputs) {
        return Ok(());
    }
    let number = version.number();
    eprintln!("Building Dapr {number} into {}; the first time takes minutes.", folder.display());
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for (name, package) in PROGRAMS {
        // A build that is interrupted must not leave something that looks like a program.
        let partial = folder.join(format!("{name}.partial"));
        let mut go = go_build(&module, version, &partial);
        run(go.arg(package), name)?;
        fs::rename(&partial, folder.join(name)).context("cannot keep the program")?;
    }
    fs::write(stamp, inputs).context("cannot note what it was built from")
}

fn go_build(module: &Path, version: DaprVersion, to: &Path) -> Command {
    // Behind whatever a person does meanwhile.
    let mut command = Command::new("nice");
    let flags = format!("-s -w -X {VERSION}={}", version.number());
    command.args(["go", "build", "-v", "-trimpath", "-ldflags", &flags]).arg("-o").arg(to);
    if version == DaprVersion::Oldest {
        command.args(["-modfile", "go.1.16.mod", "-tags", "dapr_1_16"]);
    }
    command.current_dir(module).env("CGO_ENABLED", "0");
    command
}

fn run(go: &mut Command, name: &str) -> Result<()> {
    let started = go.stdin(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = started.context("cannot start go; install Go, or set DAPRD")?;
    let stderr = child.stderr.take().context("go has no output")?;
    let mut said = Vec::new();
    for line in BufReader::new(stderr).lines() {
        said.push(line.context("cannot read what go says")?);
        if said.len().is_multiple_of(PACKAGES_PER_LINE) {
            eprintln!("  {name}: {} packages", said.len());
        }
    }
    let status = child.wait().context("cannot wait for go")?;
    if !status.success() {
        let end = &said[said.len().saturating_sub(PACKAGES_PER_LINE)..];
        bail!("go ended with {status}; it needs Go 1.26:\n{}", end.join("\n"));
    }
    Ok(())
}

/// Everything that decides what comes out, one file after the other.
fn inputs(module: &Path) -> Result<Vec<u8>> {
    let mut files: Vec<_> = fs::read_dir(module)
        .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
        .with_context(|| format!("cannot read {}", module.display()))?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| {
            let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
            ["go", "mod", "sum"].contains(&extension)
        })
        .collect();
    files.sort();
    let mut inputs = Vec::new();
    for file in files {
        inputs.extend(fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?);
    }
    Ok(inputs)
}
