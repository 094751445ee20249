//! Cargo as a builder that tells which files it made, so that no path under the target folder is
//! ever guessed.

use std::io::BufReader;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::workspace::Workspace;

/// A file-producing target of a finished build.
#[derive(Debug, Deserialize)]
pub(crate) struct Artifact {
    target: Target,
    filenames: Vec<PathBuf>,
    executable: Option<PathBuf>,
    #[serde(default)]
    profile: Profile,
}

#[derive(Debug, Default, Deserialize)]
struct Profile {
    test: bool,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
}

/// The lines of `--message-format=json` that matter here; all others are passed over.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact(Artifact),
    #[serde(other)]
    Other,
}

/// The profile that native programs are built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NativeProfile {
    /// Own crates compile fast, what runs hot is optimised.
    Dev,
    /// Fully optimised: what is measured and published.
    Native,
}

impl NativeProfile {
    pub(crate) fn name(self) -> &'static str {
        match self {
            NativeProfile::Dev => "dev",
            NativeProfile::Native => "native",
        }
    }
}

/// Start the names by which cargo tells a program of its own package.
const OF_THIS_PACKAGE: [&str; 2] = ["CARGO_MANIFEST_", "CARGO_PKG_"];

/// `cargo` in the checkout, with the terminal shared.
pub(crate) fn command(workspace: &Workspace, verb: &str) -> Command {
    let mut command = Command::new("cargo");
    command.arg(verb).current_dir(workspace.root());
    // What the cargo that runs this very program says of it; build scripts that watch these names
    // would make the inner one rebuild things.
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in names.filter(|name| OF_THIS_PACKAGE.iter().any(|it| name.starts_with(it))) {
        command.env_remove(name);
    }
    command
}

/// Builds and returns what was built, up-to-date targets included. Progress goes to the terminal.
pub(crate) fn build(workspace: &Workspace, arguments: &[&str]) -> Result<Vec<Artifact>> {
    artifacts(command(workspace, "build"), arguments)
}

/// Builds the tests of these packages, and with them the programs that they drive.
pub(crate) fn build_tests(workspace: &Workspace, packages: &[String]) -> Result<Vec<Artifact>> {
    let mut command = command(workspace, "test");
    command.arg("--no-run");
    let packages = packages.iter().flat_map(|name| ["-p", name.as_str()]);
    artifacts(command, &packages.collect::<Vec<_>>())
}

fn artifacts(mut command: Command, arguments: &[&str]) -> Result<Vec<Artifact>> {
    command.arg("--message-format=json-render-diagnostics").args(arguments);
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let stdout = child.stdout.take().context("cargo has no output")?;
    let messages = serde_json::Deserializer::from_reader(BufReader::new(stdout));
    let mut artifacts = Vec::new();
    for message in messages.into_iter::<Message>() {
        if let Message::CompilerArtifact(artifact) = message.context("cannot read cargo")? {
            artifacts.push(artifact);
        }
    }
    if !child.wait().context("cannot wait for cargo")?.success() {
        bail!("the build of {} failed; see above", arguments.join(" "));
    }
    Ok(artifacts)
}

/// The program built from the binary target `name`.
pub(crate) fn executable(artifacts: &[Artifact], name: &str) -> Result<PathBuf> {
    // A program's own unit tests are an executable of the same name.
    let is_it = |a: &&Artifact| a.target.name == name && a.executable.is_some() && !a.profile.test;
    let found = artifacts.iter().find(is_it);
    found
        .and_then(|artifact| artifact.executable.clone())
        .with_context(|| format!("the build made no program named {name}"))
}

/// The `.wasm` built by the package `name`.
pub(crate) fn wasm(artifacts: &[Artifact], name: &str) -> Result<PathBuf> {
    let library = name.replace('-', "_");
    let mut files = artifacts
        .iter()
        .filter(|artifact| artifact.target.name.replace('-', "_") == library)
        .flat_map(|artifact| &artifact.filenames);
    files
        .find(|file| file.extension().is_some_and(|extension| extension == "wasm"))
        .cloned()
        .with_context(|| format!("the package {name} made no .wasm file; is it a cdylib?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artifacts() -> Vec<Artifact> {
        let lines = r#"
            {"reason":"compiler-artifact","target":{"name":"task_api"},"executable":null,
             "filenames":["/t/task_api.wasm"]}
            {"reason":"build-script-executed","package_id":"x"}
            {"reason":"compiler-artifact","target":{"name":"embedded-host"},
             "filenames":["/t/embedded-host"],"executable":"/t/embedded-host"}
        "#;
        let messages = serde_json::Deserializer::from_str(lines).into_iter::<Message>();
        messages
            .filter_map(|message| match message.unwrap() {
                Message::CompilerArtifact(artifact) => Some(artifact),
                Message::Other => None,
            })
            .collect()
    }

    #[test]
    fn a_package_is_found_by_its_library_name() {
        assert_eq!(wasm(&artifacts(), "task-api").unwrap(), PathBuf::from("/t/task_api.wasm"));
        assert!(wasm(&artifacts(), "relay").is_err());
    }

    #[test]
    fn a_program_is_found_by_its_name() {
        let found = executable(&artifacts(), "embedded-host").unwrap();
        assert_eq!(found, PathBuf::from("/t/embedded-host"));
        assert!(executable(&artifacts(), "task_api").is_err());
    }
}
