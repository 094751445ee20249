//! `test`: every suite of the checkout, and in the end what was left out and why.

mod crash_walks;
mod documents;
mod engines;
mod markdown;
mod shell;
mod tally;
mod turns;

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;

use self::crash_walks::{CrashWalks, Report};
use self::documents::DocumentCommands;
use self::tally::Tally;
use self::turns::{Extent, Turn, Turns};
use crate::workspace::Workspace;
use crate::{cargo, natives, program, verbs};

/// The commands of README and docs, run against the app.
const DOCUMENTS: &str = "docs";
/// The API's description, compared with what the code says.
const DESCRIPTION: &str = "openapi";
/// Suites that are no packages.
const CHECKS: [&str; 2] = [DESCRIPTION, DOCUMENTS];

/// Packages whose tests read the built components.
const ON_WASM: [&str; 5] = ["architecture", "chaos", "e2e", engines::BESIDE, engines::BROKERS];

/// Tells the suites that start programs in which folder those are.
const PROGRAMS: &str = "TASKMASTER_PROGRAMS";

/// Run the tests: all suites, or those named
#[derive(Args)]
pub(crate) struct Test {
    /// Also run the suites that need real engines (brokers, databases, daprd)
    #[arg(long)]
    engines: bool,
    /// Packages; `docs` for the commands of README and docs; `openapi` for the API's description
    names: Vec<String>,
}

/// What to run, and what not.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    packages: Vec<String>,
    checks: Vec<&'static str>,
    not_named: Vec<String>,
    /// Suites that only run when they are asked for.
    without_engines: Vec<String>,
    extent: Extent,
    turns: Vec<Turn>,
}

/// What the suites are told by their environment.
type Environment = Vec<(&'static str, OsString)>;

/// What the checks found; `None` for one that did not run.
#[derive(Default)]
struct Checked {
    description: Option<Result<()>>,
    documents: Option<DocumentCommands>,
    walks: CrashWalks,
}

impl Test {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        let packages = workspace.packages()?;
        let natives = packages.iter().filter(|package| !package.is_component(workspace));
        let known = natives.map(|package| package.name.clone()).collect();
        let plan = plan(known, &self.names, self.engines, &turns::databases()?)?;
        let mut environment =
            if self.engines { engines::prepare(workspace, &plan)? } else { Environment::new() };
        if plan.needs_components() {
            verbs::build::components(workspace)?;
        }
        let host = natives::host_of_tests(workspace, &plan.packages)?;
        let programs = host.as_deref().and_then(Path::parent);
        environment.extend(programs.map(|folder| (PROGRAMS, folder.into())));
        let report = Report::new()?;
        environment.push((crash_walks::REPORT, report.path().into()));
        let mut turns = Turns::default();
        for turn in &plan.turns {
            let began = Instant::now();
            let tally = run_turn(workspace, &plan.packages, turn, &environment)?;
            turns.add(turn.clone(), tally, began);
        }
        let description = plan.runs(DESCRIPTION).then(|| verbs::openapi::check(workspace));
        let documents =
            plan.runs(DOCUMENTS).then(|| documents::run(workspace, host)).transpose()?;
        let checked = Checked { description, documents, walks: report.read()? };
        println!("\n{}", summary(&plan, &turns, &checked));
        let tally = turns.total();
        if tally.failed > 0 || !tally.is_complete() || checked.failed() {
            bail!("not everything passed; see above");
        }
        Ok(())
    }
}

impl Checked {
    fn failed(&self) -> bool {
        let documents = self.documents.as_ref();
        self.description.as_ref().is_some_and(Result::is_err)
            || documents.is_some_and(|commands| !commands.failed.is_empty())
    }
}

impl Plan {
    fn needs_components(&self) -> bool {
        self.runs(DOCUMENTS) || self.packages.iter().any(|name| ON_WASM.contains(&name.as_str()))
    }

    fn runs(&self, check: &str) -> bool {
        self.checks.contains(&check)
    }
}

fn plan(
    known: Vec<String>,
    named: &[String],
    with_engines: bool,
    databases: &[&'static str],
) -> Result<Plan> {
    let is_known = |name: &String| CHECKS.contains(&name.as_str()) || known.contains(name);
    if let Some(unknown) = named.iter().find(|name| !is_known(name)) {
        let all = [&known[..], &CHECKS.map(str::to_owned)].concat();
        bail!("there is no suite {unknown}; there are {}", all.join(", "));
    }
    let is_wanted = |name: &str| match named {
        [] => true,
        named => named.iter().any(|wanted| wanted == name),
    };
    let (packages, mut not_named): (Vec<_>, Vec<_>) =
        known.iter().cloned().partition(|name| is_wanted(name));
    let (checks, unchecked): (Vec<_>, Vec<_>) =
        CHECKS.into_iter().partition(|name| is_wanted(name));
    not_named.extend(unchecked.into_iter().map(str::to_owned));
    let (mut packages, mut without_engines): (Vec<_>, Vec<_>) =
        packages.into_iter().partition(|name| with_engines || !engines::needs_any(name));
    if !named.is_empty()
        && let Some(name) = without_engines.first()
    {
        bail!("the suite {name} runs with --engines only");
    }
    let extent = match named {
        _ if !with_engines => Extent::None,
        [only] if only == engines::BROKERS => Extent::Whole,
        _ => Extent::Short,
    };
    if extent == Extent::Whole {
        // Its turns name their suites; built from all packages, they share one build with any run.
        packages = known;
    }
    let turns = turns::plan(&packages, extent, databases);
    if !with_engines && packages.iter().any(|name| name == turns::ON_EVERYTHING) {
        without_engines.push(format!("{} on PostgreSQL and behind Dapr", turns::ON_EVERYTHING));
    }
    if !with_engines && packages.iter().any(|name| name == engines::ON_DAPRD) {
        without_engines.push(format!("{} on daprd", engines::ON_DAPRD));
    }
    Ok(Plan { packages, checks, not_named, without_engines, extent, turns })
}

/// One run of cargo, so that all suites share one build; its output passes through as it comes. A
/// single suite is chosen from all packages, because it was built with what they ask of libraries.
fn run_turn(
    workspace: &Workspace,
    packages: &[String],
    turn: &Turn,
    environment: &Environment,
) -> Result<Tally> {
    let mut command = cargo::command(workspace, "test");
    command.arg("--no-fail-fast").args(packages.iter().flat_map(|name| ["-p", name]));
    command.args(turn.suite.into_iter().flat_map(|name| ["--test", name]));
    if !turn.arguments.is_empty() {
        command.arg("--").args(turn.arguments);
    }
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command.envs(turn.environment.iter().copied());
    println!("{}", program::describe(&command));
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let stdout = child.stdout.take().context("cargo has no output")?;
    let mut terminal = io::stdout().lock();
    let mut tally = Tally::default();
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line.context("cannot read the tests' output")?;
        terminal.write_all(&line).and_then(|()| terminal.write_all(b"\n"))?;
        tally.read(&String::from_utf8_lossy(&line));
    }
    tally.ended(child.wait().context("cannot wait for cargo")?);
    Ok(tally)
}

fn summary(plan: &Plan, turns: &Turns, checked: &Checked) -> String {
    let tally = turns.total();
    let mut lines = vec![tally.to_string()];
    if turns.were_several() {
        lines.push(turns.to_string());
    }
    lines.extend(checked.description.as_ref().map(|description| match description {
        Ok(()) => "OpenAPI: the committed description is what the code says.".to_owned(),
        Err(error) => format!("OpenAPI: {error:#}"),
    }));
    lines.extend(checked.documents.as_ref().map(DocumentCommands::to_string));
    if !checked.walks.is_empty() {
        lines.push(checked.walks.to_string());
    }
    let mut left_out = Vec::new();
    if !plan.not_named.is_empty() {
        left_out.push(format!("not named: {}", plan.not_named.join(", ")));
    }
    if !plan.without_engines.is_empty() {
        left_out.push(format!("without --engines: {}", plan.without_engines.join(", ")));
    }
    left_out.extend(tally.ignored.iter().map(|test| format!("ignored: {test}")));
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

    fn check(named: &[&str], with_engines: bool) -> Result<Plan> {
        let known = ["task-domain", "conformance", "e2e", "engines", "brokers"];
        let known = known.map(str::to_owned).to_vec();
        let named: Vec<String> = named.iter().map(|name| (*name).to_owned()).collect();
        plan(known, &named, with_engines, &["sqlite", "postgres"])
    }

    fn left_out(plan: &Plan) -> String {
        summary(plan, &Turns::default(), &Checked::default())
    }

    #[test]
    fn without_names_everything_runs_that_needs_no_engine() {
        let plan = check(&[], false).unwrap();
        assert_eq!(plan.packages, ["task-domain", "conformance", "e2e"]);
        assert_eq!(plan.checks, CHECKS);
        assert!(plan.needs_components());
        let said = left_out(&plan);
        let left = "without --engines: engines, brokers, e2e on PostgreSQL and behind Dapr, \
                    conformance on daprd";
        assert!(said.ends_with(left), "{said}");
    }

    #[test]
    fn with_engines_nothing_is_left_out() {
        let plan = check(&[], true).unwrap();
        assert_eq!(plan.packages, ["task-domain", "conformance", "e2e", "engines", "brokers"]);
        assert_eq!(plan.turns.len(), 3);
        let said = left_out(&plan);
        assert!(said.ends_with("Left out: nothing."), "{said}");
        let whole = check(&["brokers"], true).unwrap();
        assert_eq!(whole.packages.len(), 5);
        assert!(whole.turns.iter().all(|turn| turn.suite.is_some()));
    }

    #[test]
    fn what_is_not_named_is_told_as_left_out() {
        let plan = check(&["task-domain"], false).unwrap();
        assert_eq!(plan.packages, ["task-domain"]);
        assert!(plan.checks.is_empty() && !plan.needs_components());
        let said = left_out(&plan);
        let others = "not named: conformance, e2e, engines, brokers, openapi, docs";
        assert!(said.contains(others), "{said}");
    }

    #[test]
    fn a_suite_that_cannot_run_as_named_is_an_error_that_says_how() {
        let error = check(&["domain"], false).unwrap_err().to_string();
        assert_eq!(
            error,
            "there is no suite domain; there are task-domain, conformance, e2e, engines, brokers, \
             openapi, docs"
        );
        let error = check(&["engines"], false).unwrap_err().to_string();
        assert_eq!(error, "the suite engines runs with --engines only");
        let error = check(&["brokers"], false).unwrap_err().to_string();
        assert_eq!(error, "the suite brokers runs with --engines only");
        assert_eq!(check(&["engines"], true).unwrap().packages, ["engines"]);
    }
}
