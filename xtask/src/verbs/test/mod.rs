//! `test`: every suite of the checkout, and in the end what was left out and why.

mod documents;
mod markdown;
mod shell;
mod tally;

use std::io::{self, BufRead, BufReader, Write};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use clap::Args;

use self::documents::DocumentCommands;
use self::tally::Tally;
use crate::workspace::Workspace;
use crate::{cargo, program, verbs};

/// The suite that is no package: the commands of README and docs, run against the app.
const DOCUMENTS: &str = "docs";

/// Suites that read the built components.
const ON_WASM: [&str; 3] = ["architecture", "e2e", DOCUMENTS];

/// Run the tests: all suites, or those named
#[derive(Args)]
pub(crate) struct Test {
    /// Also run the suites that need real engines (brokers, databases, daprd)
    #[arg(long)]
    engines: bool,
    /// Packages, or `docs` for the commands of README and docs
    names: Vec<String>,
}

/// What to run, and what not.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    packages: Vec<String>,
    documents: bool,
    not_named: Vec<String>,
}

impl Test {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        let packages = workspace.packages()?;
        let natives = packages.iter().filter(|package| !package.is_component(workspace));
        let known = natives.map(|package| package.name.clone()).collect();
        let plan = plan(known, &self.names)?;
        if plan.needs_components() {
            verbs::build::components(workspace)?;
        }
        let tally = run_packages(workspace, &plan.packages)?;
        let documents = if plan.documents { Some(documents::run(workspace)?) } else { None };
        println!("\n{}", summary(&plan, &tally, documents.as_ref(), self.engines));
        let failed = tally.failed + documents.map_or(0, |commands| commands.failed.len());
        if failed > 0 || !tally.is_complete() {
            bail!("not everything passed; see above");
        }
        Ok(())
    }
}

impl Plan {
    fn needs_components(&self) -> bool {
        self.documents || self.packages.iter().any(|name| ON_WASM.contains(&name.as_str()))
    }
}

fn plan(known: Vec<String>, named: &[String]) -> Result<Plan> {
    if named.is_empty() {
        return Ok(Plan { packages: known, documents: true, not_named: Vec::new() });
    }
    if let Some(unknown) = named.iter().find(|name| *name != DOCUMENTS && !known.contains(name)) {
        bail!("there is no suite {unknown}; there are {}, {DOCUMENTS}", known.join(", "));
    }
    let (packages, mut not_named): (Vec<_>, Vec<_>) =
        known.into_iter().partition(|name| named.contains(name));
    let documents = named.iter().any(|name| name == DOCUMENTS);
    if !documents {
        not_named.push(DOCUMENTS.to_owned());
    }
    Ok(Plan { packages, documents, not_named })
}

/// One run of cargo, so that all suites share one build; its output passes through as it comes.
fn run_packages(workspace: &Workspace, packages: &[String]) -> Result<Tally> {
    let mut tally = Tally::default();
    if packages.is_empty() {
        return Ok(tally);
    }
    let mut command = cargo::command(workspace, "test");
    command.arg("--no-fail-fast").args(packages.iter().flat_map(|name| ["-p", name]));
    println!("{}", program::describe(&command));
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let stdout = child.stdout.take().context("cargo has no output")?;
    let mut terminal = io::stdout().lock();
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line.context("cannot read the tests' output")?;
        terminal.write_all(&line).and_then(|()| terminal.write_all(b"\n"))?;
        tally.read(&String::from_utf8_lossy(&line));
    }
    tally.ended(child.wait().context("cannot wait for cargo")?);
    Ok(tally)
}

fn summary(
    plan: &Plan,
    tally: &Tally,
    documents: Option<&DocumentCommands>,
    engines: bool,
) -> String {
    let mut lines = vec![tally.to_string()];
    lines.extend(documents.map(DocumentCommands::to_string));
    let mut left_out = Vec::new();
    if !plan.not_named.is_empty() {
        left_out.push(format!("not named: {}", plan.not_named.join(", ")));
    }
    left_out.extend(tally.ignored.iter().map(|test| format!("ignored: {test}")));
    if engines {
        lines.push("No suite of this checkout needs an engine, so --engines added none.".into());
    }
    if left_out.is_empty() {
        lines.push("Left out: nothing.".to_owned());
    } else {
        lines.push(format!("Left out:\n  {}", left_out.join("\n  ")));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(named: &[&str]) -> Result<Plan> {
        let known = ["task-domain", "e2e"].map(str::to_owned).to_vec();
        plan(known, &named.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn without_names_everything_runs() {
        let plan = check(&[]).unwrap();
        assert_eq!(plan.packages, ["task-domain", "e2e"]);
        assert!(plan.documents && plan.not_named.is_empty() && plan.needs_components());
    }

    #[test]
    fn what_is_not_named_is_told_as_left_out() {
        let plan = check(&["task-domain"]).unwrap();
        assert_eq!(plan.packages, ["task-domain"]);
        assert_eq!(plan.not_named, ["e2e", "docs"]);
        assert!(!plan.needs_components());
        let said = summary(&plan, &Tally::default(), None, false);
        assert!(said.contains("not named: e2e, docs"), "{said}");
    }

    #[test]
    fn an_unknown_name_is_an_error_that_lists_the_known_ones() {
        let error = check(&["domain"]).unwrap_err().to_string();
        assert_eq!(error, "there is no suite domain; there are task-domain, e2e, docs");
    }
}
