//! The native programs under test, built by the cargo that runs the tests.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::checkout;

/// A folder with programs built elsewhere, such as fully optimised ones.
const FOLDER: &str = "TASKMASTER_PROGRAMS";

/// Start the names by which cargo tells a program of its own package.
const OF_THIS_PACKAGE: [&str; 2] = ["CARGO_MANIFEST_", "CARGO_PKG_"];

/// The host and the sidecar, as `cargo xtask up` runs them.
#[derive(Clone, Debug)]
pub struct Programs {
    pub host: PathBuf,
    pub sidecar: PathBuf,
}

/// Builds both on first use; nothing to do when they are fresh.
pub fn programs() -> &'static Programs {
    static PROGRAMS: OnceLock<Programs> = OnceLock::new();
    PROGRAMS.get_or_init(|| match std::env::var_os(FOLDER) {
        Some(folder) => Programs::in_folder(Path::new(&folder)),
        None => build(),
    })
}

impl Programs {
    fn in_folder(folder: &Path) -> Self {
        Programs { host: folder.join("embedded-host"), sidecar: folder.join("embedded-sidecar") }
    }
}

fn build() -> Programs {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // What cargo says of the tests' own package; build scripts that watch these names would make
    // every build here begin anew.
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in names.filter(|name| OF_THIS_PACKAGE.iter().any(|it| name.starts_with(it))) {
        command.env_remove(name);
    }
    // The packages and flags are those of `cargo xtask up`, so that both share one build.
    let output = command
        .args(["build", "-p", "embedded-host", "-p", "embedded-sidecar", "--bins"])
        .args(["--profile", "dev", "--message-format", "json"])
        .current_dir(checkout::root())
        .stderr(Stdio::inherit())
        .output()
        .unwrap_or_else(|error| panic!("cannot run cargo: {error}"));
    assert!(output.status.success(), "the host and the sidecar do not build");
    let messages = String::from_utf8_lossy(&output.stdout);
    let executable = |name: &str| {
        let found = messages.lines().filter_map(|line| executable(line, name)).next_back();
        found.unwrap_or_else(|| panic!("cargo built no {name}"))
    };
    Programs { host: executable("embedded-host"), sidecar: executable("embedded-sidecar") }
}

fn executable(message: &str, name: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    let is_it = message["target"]["name"] == name && message["target"]["kind"][0] == "bin";
    let path = message["executable"].as_str().filter(|_| is_it)?;
    Some(PathBuf::from(path))
}
