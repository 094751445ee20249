//! Packages of the system: installing what is missing, where that can be done without a question.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::program;

/// As root, or by a `sudo` that asks nothing.
pub(crate) fn install(missing: &[&str]) -> Result<()> {
    let list = missing.join(" ");
    eprintln!("The engines need packages of the system; installing {list}.");
    let update = apt_get(&["update", "--quiet"]);
    let arguments = [&["install", "--quiet", "--yes", "--no-install-recommends"], missing].concat();
    let installed = update
        .and_then(|mut update| program::run(&mut update))
        .and_then(|()| program::run(&mut apt_get(&arguments)?));
    installed.with_context(|| format!("install these packages and try again: {list}"))
}

pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // A program that is not there does not succeed.
    command.status().is_ok_and(|status| status.success())
}

fn apt_get(arguments: &[&str]) -> Result<Command> {
    let mut command = if succeeds("test", &["-w", "/var/lib/dpkg"]) {
        Command::new("apt-get")
    } else if succeeds("sudo", &["-n", "true"]) {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "apt-get"]);
        sudo
    } else {
        bail!("only root can install packages here");
    };
    // Servers are started by who needs them, never by their installation.
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1");
    Ok(command)
}
