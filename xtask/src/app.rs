//! How the app is started: the host's command line, in one place for every verb that needs it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::data_folder::DataFolder;
use crate::workspace::Workspace;

/// What Dapr calls this app, here as in `dapr.yaml`.
pub(crate) const APP_ID: &str = "taskmaster";
/// Read by the sidecar without descending into folders, as `daprd` does.
pub(crate) const DAPR_RESOURCES: &str = "dapr/components";
pub(crate) const DAPR_CONFIG: &str = "dapr/config.yaml";
/// It asks the database: while that is away, deliveries wait instead of using their retries up.
pub(crate) const APP_HEALTH_PATH: &str = "/readyz";

/// Even a first start, which compiles the components, is done long before.
const READY_TIMEOUT: Duration = Duration::from_secs(120);
/// How often the ready file is looked for; far below what a person or a test notices.
const READY_POLL: Duration = Duration::from_millis(20);

/// The command line of `embedded-host up` for this checkout.
pub(crate) fn host_command(
    workspace: &Workspace,
    host: &Path,
    data: &DataFolder,
    listen: &str,
) -> Command {
    let mut command = Command::new(host);
    command.arg("up");
    let manifest = workspace.path("spin.toml");
    let options: [(&str, OsString); 4] = [
        ("--from", manifest.into()),
        ("--listen", listen.into()),
        ("--state-dir", data.path().into()),
        ("--env-file", data.secrets_file().into()),
    ];
    for (option, value) in options {
        command.arg(option).arg(value);
    }
    command
}

/// Adds the sidecar that runs in the host's own process.
pub(crate) fn with_sidecar(command: &mut Command, workspace: &Workspace) {
    command
        .args(["--dapr-app-id", APP_ID])
        .args(["--app-health-check-path", APP_HEALTH_PATH])
        .arg("--dapr-resources")
        .arg(workspace.path(DAPR_RESOURCES))
        .arg("--dapr-config")
        .arg(workspace.path(DAPR_CONFIG));
}

/// Has the components keep their rows in PostgreSQL.
pub(crate) fn with_postgres(command: &mut Command, url: &str) -> Result<()> {
    // A command line is for everybody on the machine to see, and the address has a password.
    command.env("SPIN_VARIABLE_POSTGRES_URL", url);
    command.args(["--variable", "database=postgres"]);
    command.arg("--variable").arg(format!("postgres_host={}", host_of(url)?));
    Ok(())
}

/// `postgres://HOST:PORT` of a connection string, as `allowed_outbound_hosts` names it.
fn host_of(url: &str) -> Result<String> {
    const DEFAULT_PORT: &str = "5432";
    let rest = url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"));
    let rest = rest.context("a PostgreSQL address begins with postgres://")?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    anyhow::ensure!(!host.is_empty(), "a PostgreSQL address names its host");
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| !port.ends_with(']'));
    let port = if has_port { String::new() } else { format!(":{DEFAULT_PORT}") };
    Ok(format!("postgres://{host}{port}"))
}

/// A host that serves until this value is dropped.
pub(crate) struct RunningApp {
    child: Child,
    address: String,
}

impl RunningApp {
    /// Starts the command and waits until the host says where it listens.
    pub(crate) fn start(mut command: Command, log: &Path, ready_file: PathBuf) -> Result<Self> {
        let log_file =
            fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        let errors = log_file.try_clone().context("cannot share the log")?;
        command.arg("--ready-file").arg(&ready_file);
        command.stdin(Stdio::null()).stdout(log_file).stderr(errors);
        let child = command.spawn().context("cannot start the host")?;
        let mut app = RunningApp { child, address: String::new() };
        let deadline = Instant::now() + READY_TIMEOUT;
        loop {
            if let Ok(address) = fs::read_to_string(&ready_file) {
                app.address = address.trim().to_owned();
                return Ok(app);
            }
            if let Some(status) = app.child.try_wait().context("cannot watch the host")? {
                bail!("the host ended with {status}:\n{}", log_tail(log));
            }
            if Instant::now() > deadline {
                bail!("the host is not ready after {READY_TIMEOUT:?}:\n{}", log_tail(log));
            }
            std::thread::sleep(READY_POLL);
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for RunningApp {
    fn drop(&mut self) {
        // Killing is enough: whatever the app acknowledged is on disk, and the folder goes next.
        let killed = self.child.kill().and_then(|()| self.child.wait());
        if let Err(error) = killed {
            eprintln!("cannot stop the host: {error}");
        }
    }
}

/// The end of a log, where the reason stands.
pub(crate) fn log_tail(log: &Path) -> String {
    const LINES: usize = 40;
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::host_of;

    #[track_caller]
    fn check(url: &str, host: &str) {
        assert_eq!(host_of(url).expect(url), host);
    }

    #[test]
    fn the_host_of_an_address_is_named_with_its_port() {
        check("postgres://u:p@db.test:6543/tasks?sslmode=require", "postgres://db.test:6543");
        check("postgresql://db.test/tasks", "postgres://db.test:5432");
        check("postgres://u:p%40x@[::1]:5433/tasks", "postgres://[::1]:5433");
        check("postgres://u@[::1]", "postgres://[::1]:5432");
        assert!(host_of("host=db.test").is_err());
        assert!(host_of("postgres:///tasks").is_err());
    }
}
