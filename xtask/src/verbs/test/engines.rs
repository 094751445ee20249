//! What the suites beside real engines need on this machine, and how it gets there: packages of the
//! system, brokers and Dapr, and a Python of their own. It knows nothing of what they do with them.

use std::path::Path;

use anyhow::Result;
use real_engines::{DAPRD, SCHEDULER};

use crate::packages::{self, succeeds};
use crate::python::{self, Pinned};
use crate::verbs;
use crate::verbs::engines::Name;
use crate::workspace::Workspace;

/// The package whose suites run beside packages of the system.
pub(super) const BESIDE: &str = "engines";
/// The package whose suites run behind Dapr's own sidecar, on each broker.
pub(super) const BROKERS: &str = "brokers";

/// What that package starts.
const BEHIND_DAPR: [Name; 6] =
    [Name::Daprd, Name::Scheduler, Name::Kafka, Name::Redis, Name::Rabbitmq, Name::Postgres];

/// The package whose cases are held against Dapr's own sidecar as well.
pub(super) const ON_DAPRD: &str = "conformance";

/// Tells the suites which Python has the libraries they compare with.
const PYTHON: &str = "TASKMASTER_PYTHON";
/// Exact versions: a mismatch must never come from another engine than the day before. The zones
/// are those that chrono-tz has built in, 2025b; others would differ about clocks.
const PYTHON_LIBRARIES: [(&str, &str); 2] =
    [("python-dateutil", "2.9.0.post0"), ("tzdata", "2025.2")];
/// The environment with these libraries.
const PYTHON_ENVIRONMENT: &str = "python";
/// Debian ships these apart from Python itself.
const PROBE_VENV: &str = "import venv, ensurepip";

/// What a package of the system brings, and how to see that it is there.
struct SystemPackage {
    name: &'static str,
    is_there: fn() -> bool,
}

const SYSTEM_PACKAGES: [SystemPackage; 4] = [
    SystemPackage { name: "nginx", is_there: || Path::new("/usr/sbin/nginx").is_file() },
    SystemPackage {
        name: "libnginx-mod-nchan",
        is_there: || Path::new("/usr/lib/nginx/modules/ngx_nchan_module.so").is_file(),
    },
    SystemPackage { name: "postgresql", is_there: postgresql_is_there },
    SystemPackage { name: "python3-venv", is_there: || succeeds("python3", &["-c", PROBE_VENV]) },
];

/// Whether a package runs with `--engines` only.
pub(super) fn needs_any(package: &str) -> bool {
    [BESIDE, BROKERS].contains(&package)
}

/// Installs and builds what is missing, what stands behind Dapr only for those who ask for it, and
/// returns what the suites are told by their environment.
pub(super) fn prepare(workspace: &Workspace, packages: &[String]) -> Result<super::Environment> {
    if packages.iter().any(|package| package == BROKERS) {
        verbs::engines::build(workspace, &BEHIND_DAPR)?;
    }
    let mut environment = super::Environment::new();
    if packages.iter().any(|package| package == ON_DAPRD) {
        environment.push((DAPRD, Name::Daprd.built(workspace)?.into()));
        environment.push((SCHEDULER, Name::Scheduler.built(workspace)?.into()));
    }
    let missing = SYSTEM_PACKAGES.iter().filter(|package| !(package.is_there)());
    let missing: Vec<&str> = missing.map(|package| package.name).collect();
    if !missing.is_empty() {
        packages::install(&missing)?;
    }
    let libraries = PYTHON_LIBRARIES.map(|(name, version)| Pinned::new(name, version));
    let python = python::environment(PYTHON_ENVIRONMENT, &libraries)?;
    environment.push((PYTHON, python.into()));
    Ok(environment)
}

/// The package is that of no version, and its programs are in no path.
fn postgresql_is_there() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin/initdb")).any(|initdb| initdb.is_file())
}
